/* The form works without this script. With it, what was typed is kept on the telephone
   until the report has been taken, and is not sent into the void without a network. */

(function () {
  const form = document.querySelector("form[data-visit]");
  const done = document.querySelector("[data-visit-done]");

  /* A browser that keeps nothing (private windows) is as good as no script. */
  function store(act) {
    try {
      return act(window.localStorage);
    } catch {
      return null;
    }
  }

  if (done) {
    store((kept) => kept.removeItem(done.dataset.visitDone));
  }
  if (!form) {
    return;
  }
  const key = form.dataset.visit;
  const notice = form.querySelector("[data-offline]");

  function fields() {
    return [...form.elements].filter(
      (field) => field.name && !["hidden", "file", "submit"].includes(field.type)
    );
  }

  function keep() {
    const typed = fields()
      .filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked)
      .map((field) => [field.name, field.value]);
    store((kept) => kept.setItem(key, JSON.stringify(typed)));
  }

  function restore() {
    const typed = JSON.parse(store((kept) => kept.getItem(key)) || "[]");
    for (const field of fields()) {
      const own = typed.filter(([name]) => name === field.name);
      if (!own.length) {
        continue;
      }
      if (["radio", "checkbox"].includes(field.type)) {
        field.checked = own.some(([, value]) => value === field.value);
      } else {
        field.value = own[0][1];
      }
    }
  }

  function told() {
    notice.hidden = navigator.onLine;
  }

  // What the server gives back after a refusal is newer than what was kept.
  if (!form.dataset.refused) {
    restore();
  }
  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => {
    keep();
    if (!navigator.onLine) {
      event.preventDefault();
      told();
      notice.focus();
    }
  });
  window.addEventListener("online", told);
  window.addEventListener("offline", told);
  told();
})();
