/* The assistant on a portal's page: a button in the corner that opens it in a frame. No dependency, no cookie.

   <script src="https://assistant.example/embed.js" data-token-url="/assistant-token" defer></script>

   data-token-url  an address of the portal that answers {"token": "..."}; without it, the frame is asked for as it is
   data-theme      "dark" or "light"; by default as the visitor's system has it
   data-language   "en", "lv", "az" or "ru", for the button and the frame; by default that of the portal's page
   data-label      the words on the button */
(() => {
  "use strict";
  const script = document.currentScript;
  const server = new URL(script.src).origin;
  const { tokenUrl, theme } = script.dataset;
  const WORDS = {}; // put in by the server
  const wanted = [script.dataset.language, document.documentElement.lang, ...navigator.languages, "en"];
  const language = wanted.map((tag) => (tag || "").toLowerCase().split("-")[0]).find((code) => code in WORDS);
  const TEXTS = WORDS[language];
  const { label = TEXTS.label } = script.dataset;

  const styled = (element, style) => Object.assign(element.style, style) && element;
  const made = (kind, properties, style) => styled(Object.assign(document.createElement(kind), properties), style);
  const font = { font: "600 1rem/1.2 system-ui, sans-serif", cursor: "pointer" };

  const button = made("button", { type: "button", textContent: label }, {
    ...font, position: "fixed", right: "1rem", bottom: "1rem", zIndex: 2147483000, padding: ".8rem 1.2rem",
    border: "2px solid #fff", borderRadius: "2rem", background: "#0f766e", color: "#fff",
    boxShadow: "0 2px 12px rgba(0,0,0,.3)",
  });
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-expanded", "false");

  const dialog = made("div", { hidden: true }, {
    position: "fixed", right: "1rem", bottom: "1rem", zIndex: 2147483001, width: "min(30rem, calc(100vw - 2rem))",
    height: "min(44rem, calc(100dvh - 2rem))", flexDirection: "column", overflow: "hidden", border: "1px solid #56636e",
    borderRadius: "12px", background: "#fff", boxShadow: "0 8px 40px rgba(0,0,0,.35)",
  });
  dialog.setAttribute("role", "dialog");
  dialog.setAttribute("aria-label", TEXTS.name);
  const close = made("button", { type: "button", textContent: TEXTS.close }, {
    ...font, alignSelf: "stretch", padding: ".5rem", border: "0", background: "#0f766e", color: "#fff",
  });
  dialog.append(close);

  let frame = null;
  const handToken = async () => {
    if (!tokenUrl) return;
    const response = await fetch(tokenUrl, { credentials: "same-origin", cache: "no-store" });
    if (!response.ok) return;
    const { token } = await response.json();
    frame.contentWindow.postMessage({ type: "health-assistant:token", token }, server);
  };
  const makeFrame = () => {
    const address = new URL("/embed", server);
    if (theme) address.searchParams.set("theme", theme);
    address.searchParams.set("lang", language);
    frame = made("iframe", { src: address.href, title: TEXTS.name, referrerPolicy: "origin" }, {
      flex: "1", width: "100%", border: "0",
    });
    frame.allow = "clipboard-write";
    dialog.append(frame);
  };
  const open = () => {
    if (!frame) makeFrame();
    dialog.hidden = false;
    dialog.style.display = "flex";
    button.setAttribute("aria-expanded", "true");
    frame.focus();
  };
  const shut = () => {
    if (dialog.hidden) return;
    dialog.hidden = true;
    dialog.style.display = "none";
    button.setAttribute("aria-expanded", "false");
    button.focus();
  };

  window.addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== server || !event.data) return;
    if (event.data.type === "health-assistant:token-needed") handToken();
    if (event.data.type === "health-assistant:escape") shut();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") shut(); });
  button.addEventListener("click", open);
  close.addEventListener("click", shut);
  document.body.append(button, dialog);
})();
