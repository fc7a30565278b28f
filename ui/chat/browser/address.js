// The address says what is chosen and asked, so that it can be sent on; one that asks something is asked as it opens

const LOOK_EVERY = 100; // ms, for the question that an address asks
const LOOK_AT_MOST = 10_000; // ms

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
