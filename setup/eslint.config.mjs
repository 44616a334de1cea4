// Static JavaScript of the addons: modules that run in Odoo's web client.
const browser = [
  "clearTimeout",
  "console",
  "DataTransfer",
  "document",
  "DOMParser",
  "fetch",
  "File",
  "FormData",
  "localStorage",
  "location",
  "navigator",
  "odoo",
  "sessionStorage",
  "setTimeout",
  "URL",
  "URLSearchParams",
  "window",
];

export default [
  {
    files: ["**/*.js"],
    languageOptions: {
      ecmaVersion: 2024,
      sourceType: "module",
      globals: Object.fromEntries(browser.map((name) => [name, "readonly"])),
    },
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "no-debugger": "error",
      "no-eval": "error",
      "no-shadow": "error",
      "no-undef": "error",
      "no-unreachable": "error",
      "no-unused-vars": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
];
