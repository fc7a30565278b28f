// What the page does in the browser beyond Gradio: a marker selects its source in the panel and shows its quote, a
// source leads back to its marker, a server that was restarted in the middle of an answer is noticed, and what Gradio
// leaves without a name gets one. Without it, markers open their document, and all sources stand below each other.
(() => {
  "use strict";

  const WORDS = {}; // put in by the server
  const LANGUAGE = document.documentElement.dataset.language;
  const TEXTS = WORDS[LANGUAGE];
  const KEPT = "questions to ask again";
  const CHECK_EVERY = 2000; // ms, while an answer is awaited
  const LOOK_EVERY = 100; // ms, for the question that an address asks
  const LOOK_AT_MOST = 10_000; // ms
  const TOOLTIP_STAYS = 250; // ms, so that the pointer can move onto it

  const find = (selector) => document.querySelector(selector);
  const findAll = (selector) => [...document.querySelectorAll(selector)];
  const set = (element, name, value) => {
    if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
  };

  // The panel: the sources of one answer, one of them marked

  let selected = null; // the id of the section shown; null for the newest
  let newest = null;
  let marked = null; // the id of the source that was asked for
  let cameFrom = null; // the marker that asked for it

  function showSelected() {
    const sections = findAll("#sources section.sources");
    const last = sections.length ? sections[sections.length - 1].id : null;
    if (last !== newest) [newest, selected, marked] = [last, null, null];
    const shown = selected ?? last;
    for (const section of sections) section.hidden = section.id !== shown;
    for (const source of findAll("#sources .source, #sources .near")) {
      source.classList.toggle("marked", source.id === marked);
    }
    const several = sections.length > 1;
    for (const answer of findAll("#chat .answer[id]")) {
      answer.classList.toggle("selected", several && answer.id.replace("answer", "sources") === shown);
    }
  }

  function sourceOf(marker) {
    const answer = marker.closest(".answer");
    const number = marker.id ? marker.id.split("-")[2] : marker.textContent.replace(/\D/g, "");
    return answer && document.getElementById(`source-${answer.id.split("-")[1]}-${number}`);
  }

  function reveal(element, block) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!element.matches("a, button")) element.tabIndex = -1;
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block, behavior: calm ? "auto" : "smooth" });
  }

  function select(section, source, marker) {
    [selected, marked, cameFrom] = [section.id, source ? source.id : null, marker];
    showSelected();
    hideQuote();
    reveal(source ?? section, "nearest");
  }

  function onClick(event) {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest?.("#chat .answer a, #sources a.back");
    if (!link) return;
    if (link.matches(".back")) {
      const place = link.hash.slice(1).replace("marker", "source");
      const marker = cameFrom?.isConnected && sourceOf(cameFrom)?.id === place ? cameFrom : find(link.hash);
      if (!marker) return;
      event.preventDefault();
      reveal(marker, "center");
    } else if (link.matches(".to-sources")) {
      const section = find(link.hash);
      if (!section) return;
      event.preventDefault();
      select(section, null, null);
    } else if (link.matches(".marker, .near")) {
      const source = sourceOf(link);
      if (!source) return; // its document opens
      event.preventDefault();
      select(source.closest("section"), source, link);
    }
  }

  // The quote, beside the marker that the pointer or the keyboard is on

  const quote = document.createElement("div");
  quote.id = "quote";
  quote.role = "tooltip";
  quote.hidden = true;
  let leaving = 0;

  function showQuote(marker) {
    const source = sourceOf(marker);
    if (!source) return;
    clearTimeout(leaving);
    const told = document.createElement("p");
    const mark = source.querySelector("mark");
    told.textContent = mark.textContent;
    quote.lang = mark.closest("[lang]").lang;
    const whence = document.createElement("p");
    whence.className = "whence";
    whence.textContent = source.querySelector("h3").textContent.replace(/^\s*\d+\s+/, "");
    quote.replaceChildren(told, whence);
    if (!quote.isConnected) find("#page").append(quote);
    quote.hidden = false;
    const { left, top, bottom } = marker.getBoundingClientRect();
    const above = top > quote.offsetHeight + 12;
    quote.style.left = `${Math.max(8, Math.min(left, innerWidth - quote.offsetWidth - 8))}px`;
    quote.style.top = `${above ? top - quote.offsetHeight - 6 : bottom + 6}px`;
    set(marker, "aria-describedby", quote.id);
  }

  function hideQuote() {
    clearTimeout(leaving);
    quote.hidden = true;
  }

  function hideQuoteSoon() {
    clearTimeout(leaving);
    leaving = setTimeout(hideQuote, TOOLTIP_STAYS);
  }

  const markerAt = (event) => event.target.closest?.("#chat a.marker");
  document.addEventListener("mouseover", (event) => {
    const marker = markerAt(event);
    if (marker) showQuote(marker);
    else if (quote.contains(event.target)) clearTimeout(leaving);
    else if (!quote.hidden) hideQuoteSoon();
  });
  document.addEventListener("focusin", (event) => (markerAt(event) ? showQuote(markerAt(event)) : hideQuote()));
  document.addEventListener("keydown", (event) => event.key === "Escape" && hideQuote());
  document.addEventListener("scroll", hideQuote, true);
  document.addEventListener("click", onClick, true);

  // A server that is gone, or was restarted and knows nothing of the answer that is awaited

  const notice = document.createElement("div");
  notice.id = "lost";
  notice.setAttribute("role", "alert");
  let process = null;

  const ask = async () => (await fetch("/page.js", { cache: "no-store" })).headers.get("X-Process");
  const isWaiting = () => find("#question .stop-button") !== null;

  function tell(text, again) {
    if (notice.isConnected && notice.dataset.told === text) return;
    notice.dataset.told = text;
    notice.replaceChildren(text);
    if (again) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = TEXTS.again;
      button.addEventListener("click", askAgain);
      notice.append(" ", button);
    }
    find("#question")?.before(notice);
  }

  // Gradio opens no other stream after a broken one: the page is loaded anew, and the questions are put again.
  function askAgain() {
    const questions = findAll("#chat .user-row").map((row) => row.innerText.trim());
    sessionStorage.setItem(KEPT, JSON.stringify(questions));
    location.reload();
  }

  function resume() {
    const field = find("#again textarea");
    const kept = sessionStorage.getItem(KEPT);
    if (!kept || !field || !find("#holdings strong")) return;
    sessionStorage.removeItem(KEPT);
    field.value = kept;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => field.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true })), 100);
  }

  async function check() {
    if (!isWaiting()) return notice.remove();
    let current = null;
    try {
      current = await ask();
    } catch {
      return tell(TEXTS.unreachable, false);
    }
    if (isWaiting() && current !== process) tell(TEXTS.lost, true);
    else notice.remove();
  }

  ask().then(
    (current) => {
      process = current;
      setInterval(check, CHECK_EVERY);
    },
    () => {},
  );

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

  // The address says what is chosen and asked, so that it can be sent on; one that asks something is asked as it opens

  const isOurs = (name) => !name.startsWith("__") && !["theme", "language", "lang"].includes(name);
  // Where a cookie keeps the choice, the address need not.
  const isKept = () => document.cookie.split("; ").includes(`assistant-language=${LANGUAGE}`);

  function inLanguage(language) {
    const query = [...new URLSearchParams(location.search)].filter(([name]) => !["lang", "language"].includes(name));
    return `${location.pathname}?${new URLSearchParams([...query, ["lang", language]])}`;
  }
  let hadView = false;
  let toAsk = new URLSearchParams(location.search).get("q");

  function showView() {
    const link = find("#view a");
    if (link) hadView = true;
    else if (!hadView) return; // what the address says has not been read yet
    const others = [...new URLSearchParams(location.search)].filter(
      ([name]) => !isOurs(name) && !(name === "lang" && isKept()),
    );
    const linked = [...new URLSearchParams(link ? new URL(link.href).search : "")];
    // The question stays out of it: a reload would ask again, and a proxy's log would have it.
    const view = [...linked.filter(([name]) => name !== "q"), ...others];
    const query = view.length ? `?${new URLSearchParams(view)}` : "";
    if (query !== location.search) history.replaceState(history.state, "", location.pathname + query + location.hash);
    if (toAsk) askSoon();
  }

  // The field is filled without anything to observe, so it is looked at until it is.
  function askSoon() {
    toAsk = null;
    const looking = setInterval(() => {
      const send = find("#question .submit-button");
      if (!send || !find("#question textarea").value.trim()) return;
      clearInterval(looking);
      send.click();
    }, LOOK_EVERY);
    setTimeout(() => clearInterval(looking), LOOK_AT_MOST);
  }

  function follow() {
    mend();
    showSelected();
    resume();
    showView();
  }

  new MutationObserver(follow).observe(document.documentElement, { childList: true, subtree: true });
  follow();
})();
