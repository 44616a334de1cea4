// Beside the first button, a telephone has all others below a menu.
export const press = (content, button) => [
  {
    isActive: ["mobile"],
    content: `Where it is: ${content}`,
    trigger: `.o_statusbar_buttons:has(${button}), .o_statusbar_buttons [title='More']`,
    run({anchor}) {
      if (anchor.title === "More") {
        anchor.click();
      }
    },
  },
  {
    content,
    trigger: `.o_statusbar_buttons ${button}, .o-dropdown--menu ${button}`,
    run: "click",
  },
];
