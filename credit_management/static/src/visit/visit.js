/* The form works without this script. With it, what was typed is kept on the telephone
   until the report has been taken; and a report that meets no network, or a network
   that breaks off, is sent again until the answer has come. Sent twice it is taken
   once: the page carries a key. */

(function () {
  const form = document.querySelector("form[data-visit]");
  const done = document.querySelector("[data-visit-done]");
  const WEEK = 7 * 24 * 3600 * 1000;
  /* Seconds until the next try; the last one again and again. */
  const PAUSES = [1, 3, 10, 30, 60];

  /* A browser that keeps nothing (private windows) is as good as no script. */
  function store(act) {
    try {
      return act(window.localStorage);
    } catch {
      return null;
    }
  }

  if (done) {
    store((all) => all.removeItem(done.dataset.visitDone));
  }
  if (!form) {
    return;
  }
  const key = form.dataset.visit;
  const button = form.querySelector("button[type=submit]");
  const notices = {
    offline: form.querySelector("[data-offline]"),
    sending: form.querySelector("[data-sending]"),
    refused: form.querySelector("[data-refusal]"),
    photos: form.querySelector("[data-photos]"),
  };
  let waiting = false;
  let sending = false;
  let tries = 0;
  let timer = null;

  // What was typed

  function fields() {
    return [...form.elements].filter(
      (field) => field.name && !["hidden", "file", "submit"].includes(field.type)
    );
  }

  function hasPhotos() {
    return [...form.querySelectorAll("input[type=file]")].some(
      (field) => field.files.length
    );
  }

  function keep() {
    const typed = fields()
      .filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked)
      .map((field) => [field.name, field.value]);
    const draft = {at: Date.now(), photos: hasPhotos(), typed, waiting};
    store((all) => all.setItem(key, JSON.stringify(draft)));
  }

  function kept() {
    const draft = store((all) => JSON.parse(all.getItem(key)));
    if (draft && draft.typed && Date.now() - draft.at < WEEK) {
      return draft;
    }
    store((all) => all.removeItem(key));
    return null;
  }

  function restore(draft) {
    for (const field of fields()) {
      const own = draft.typed.filter(([name]) => name === field.name);
      if (["radio", "checkbox"].includes(field.type)) {
        field.checked = own.some(([, value]) => value === field.value);
      } else if (own.length) {
        field.value = own[0][1];
      }
    }
  }

  // What the visitor is told

  function show(name) {
    for (const [each, notice] of Object.entries(notices)) {
      notice.hidden = each !== name;
    }
    // Once it is on its way nobody has to press again.
    button.disabled = name === "sending";
  }

  function refuse(text) {
    waiting = false;
    keep();
    notices.refused.textContent = text;
    show("refused");
    notices.refused.focus();
  }

  // Sending

  function later() {
    clearTimeout(timer);
    show("offline");
    const pause = PAUSES[Math.min(tries, PAUSES.length - 1)];
    tries += 1;
    timer = setTimeout(send, pause * 1000);
  }

  async function answered(response) {
    if (response.ok && response.redirected) {
      // The page that thanks also drops what is kept.
      location.replace(response.url);
      return;
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const error = page.querySelector(".error[data-error]");
    const fresh = page.querySelector("[name=form_key]");
    if (fresh) {
      form.querySelector("[name=form_key]").value = fresh.value;
    }
    refuse((error || page.querySelector("main") || page.body).textContent.trim());
  }

  async function send() {
    if (!waiting || sending) {
      return;
    }
    if (!navigator.onLine) {
      later();
      return;
    }
    clearTimeout(timer);
    sending = true;
    show("sending");
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        credentials: "same-origin",
      });
      if (response.status >= 500 || response.status === 429) {
        later();
      } else {
        await answered(response);
      }
    } catch {
      // No network, or one that broke off: nobody knows whether it has arrived.
      later();
    } finally {
      sending = false;
    }
  }

  const draft = kept();
  // What the server gives back after a refusal is newer than what was kept.
  if (draft && !form.dataset.refused) {
    restore(draft);
    waiting = draft.waiting && !draft.photos;
    if (draft.photos) {
      show("photos");
    }
  }
  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    waiting = true;
    tries = 0;
    keep();
    send();
  });
  window.addEventListener("online", send);
  send();
})();
