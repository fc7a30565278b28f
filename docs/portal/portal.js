// The portal's own page script. The key stays on the portal's server: /assistant-token there answers with a token.
(async () => {
  const where = fetch("/where-the-assistant-is").then((response) => response.json());
  const token = async () => (await (await fetch("/assistant-token", { cache: "no-store" })).json()).token;

  // A question by fetch, with a token in place of a key: it is in the page, so it must be a short-lived one.
  document.getElementById("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const told = document.getElementById("answer");
    try {
      const { server } = await where;
      const response = await fetch(`${server}/api/v1/ask`, {
        method: "POST",
        headers: { Authorization: `Bearer ${await token()}`, "Content-Type": "application/json" },
        body: JSON.stringify({ question: document.getElementById("question").value }),
      });
      const answer = await response.json();
      told.textContent = response.ok ? answer.answer : `Refused: ${answer.detail}`;
    } catch (error) {
      told.textContent = `Refused: ${error.message}`;
    }
  });

  const { server } = await where;

  // The frame: the token goes behind the #, which browsers send to no server; a new one is handed in when it asks.
  const frame = document.getElementById("frame");
  frame.src = `${server}/embed?theme=light&lang=en#token=${await token()}`;
  window.addEventListener("message", async (event) => {
    if (event.source !== frame.contentWindow || event.origin !== server) return;
    if (event.data.type === "health-assistant:token-needed") {
      frame.contentWindow.postMessage({ type: "health-assistant:token", token: await token() }, server);
    }
  });

  // The button in the corner. On a real page this is one line of HTML, as docs/portal.md shows.
  const script = document.createElement("script");
  script.src = `${server}/embed.js`;
  script.dataset.tokenUrl = "/assistant-token";
  document.head.append(script);
})();
