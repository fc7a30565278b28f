// The panel: the sources of one answer, one of them marked. Without script, markers open their document, and all sources
// stand below each other.

const TOOLTIP_STAYS = 250; // ms, so that the pointer can move onto it

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
