/* Runs first in the page made for frames: looks, the portal's token with each request, sources that open, and files.

   A frame on another site's page gets no cookies, so the token goes into a header. It comes behind the # of the address
   or by a message from the page around, and is kept in this script alone. */
(() => {
  "use strict";
  const known = document.currentScript.dataset.known === "yes";
  const parent = window.parent === window ? null : window.parent;
  const WAIT = 10_000; // milliseconds
  const WORDS = {}; // put in by the server
  const address = new URL(window.location.href);
  const given = new URLSearchParams(address.hash.slice(1)).get("token");
  const theme = address.searchParams.get("theme");

  // Gradio has its own name for the theme.
  if (theme === "dark" || theme === "light") address.searchParams.set("__theme", theme);
  address.hash = "";
  history.replaceState(null, "", address);
  document.documentElement.classList.add("framed");

  let token = given;
  let arrived = () => {};
  const tell = (type) => { if (parent) parent.postMessage({ type: `health-assistant:${type}` }, "*"); };

  window.addEventListener("message", (event) => {
    // Only allowed origins can have put this page into a frame, so the window around it is one of those.
    if (event.source !== parent || !event.data || event.data.type !== "health-assistant:token") return;
    if (typeof event.data.token !== "string") return;
    token = event.data.token;
    arrived();
  });
  // Escape closes the frame, where the portal's script opened it; a list or menu that is open takes the key first.
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) tell("escape");
  });

  const newToken = () => new Promise((resolve) => {
    if (!parent) { resolve(); return; }
    const timer = setTimeout(resolve, WAIT);
    arrived = () => { clearTimeout(timer); resolve(); };
    tell("token-needed");
  });
  let waiting = null;
  const renewed = () => { waiting = waiting || newToken().finally(() => { waiting = null; }); return waiting; };

  const plain = window.fetch.bind(window);
  const withToken = (input, init) => {
    const request = new Request(input, init);
    if (token) request.headers.set("Authorization", `Bearer ${token}`);
    return plain(request);
  };
  window.fetch = async (input, init) => {
    const place = new URL(input instanceof Request ? input.url : input, window.location.href);
    if (known || place.origin !== window.location.origin) return plain(input, init);
    if (!token) await renewed();
    const again = input instanceof Request ? input.clone() : input;
    const response = await withToken(input, init);
    if (response.status !== 401) return response;
    await renewed();
    return withToken(again, init);
  };

  // A link sends no header: each source is opened with a ticket of its own.
  document.addEventListener("click", async (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!link || known) return;
    const place = new URL(link.href, window.location.href);
    if (place.origin !== window.location.origin || !place.pathname.startsWith("/documents/")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const tab = window.open("about:blank", "_blank"); // at once: browsers allow it only while the click lasts
    const response = await window.fetch("/api/v1/tickets", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ path: place.pathname }),
    });
    if (!tab) return;
    place.searchParams.set("lang", document.documentElement.dataset.language); // the frame has no cookie to keep it
    tab.opener = null;
    if (response.ok) place.searchParams.set("ticket", (await response.json()).ticket);
    tab.location.replace(place.href);
  }, true);

  // Nor does a form: a file is asked for with the token, and handed to the browser once it is there.
  const hand = (content, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), WAIT);
  };
  const complain = (form, sentence) => {
    const told = form.querySelector("[role=alert]") || form.appendChild(document.createElement("span"));
    told.setAttribute("role", "alert");
    told.textContent = sentence;
  };
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const place = new URL(form.getAttribute("action") || "", window.location.href);
    if (known || place.pathname !== "/export") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const body = new URLSearchParams(new FormData(form));
    if (event.submitter && event.submitter.name) body.set(event.submitter.name, event.submitter.value);
    complain(form, "");
    const response = await window.fetch(place.href, { method: "POST", body }).catch(() => null);
    if (!response || !response.ok) {
      const problem = response ? await response.json().catch(() => null) : null;
      complain(form, (problem && problem.detail) || WORDS[document.documentElement.dataset.language].noFile);
      return;
    }
    const named = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") || "");
    hand(await response.blob(), named ? named[1] : "answer");
  }, true);

  tell("ready");
})();
