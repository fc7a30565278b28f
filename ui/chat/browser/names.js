// What Gradio leaves without a name

function mend() {
  set(find("#question .submit-button"), "aria-label", TEXTS.send);
  set(find("#question .stop-button"), "aria-label", TEXTS.stop);
  set(find("#languages"), "role", "navigation");
  set(find("#languages"), "aria-label", TEXTS.languages);
  for (const link of findAll("#languages a[lang]")) {
    set(link, "aria-current", String(link.lang === LANGUAGE));
    set(link, "hreflang", link.lang);
    set(link, "href", inLanguage(link.lang));
    set(link, "target", "_self"); // Gradio opens every link in a new tab
  }
  set(find("#chat [role='log']"), "aria-label", TEXTS.conversation);
  // Gradio hands screen readers the Markdown of every message as its name; what it says is in it.
  for (const message of findAll("#chat [data-testid][aria-label]")) message.removeAttribute("aria-label");
  // Gradio calls them a list, whose children are buttons and no items of one.
  set(find("#chat .examples"), "role", "group");
  set(find("#chat .examples"), "aria-label", TEXTS.examples);
  set(find("#chips"), "aria-label", TEXTS.chips);
  for (const offered of findAll("#chat .example, #further .offer")) set(offered, "lang", "en");
  set(find("#evidence"), "role", "region");
  set(find("#evidence"), "aria-label", TEXTS.sources);
  set(find("#evidence"), "tabindex", "0");
}
