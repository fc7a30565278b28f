// A server that is gone, or was restarted and knows nothing of what is awaited, costs no question: the page is loaded
// anew and asks it again by itself, though only once, for a question may be what ends every process that answers it.

const KEPT = "questions to ask again";
const TRIED = "question that was asked again";
const CHECK_EVERY = 2000; // ms
const FAILED = "#chat [data-testid='status-tracker'] > .error"; // Gradio's word over the conversation; page.css hides it
const GIVEN_UP = "Connection to the server was lost."; // what Gradio tells, in English alone, and does nothing more

const notice = document.createElement("div");
notice.id = "lost";
notice.setAttribute("role", "alert");
let process = null;
let sent = null; // what was last sent from the field; it stays there until the server has taken it
let hasGivenUp = false;

const ask = async () => (await fetch("/page.js", { cache: "no-store" })).headers.get("X-Process");
const typed = () => find("#question textarea").value.trim();
const questions = () => findAll("#chat .user-row").map((row) => row.innerText.trim());
const isWaiting = () => find("#question .stop-button") !== null;

const noteProcess = async () => (process = await ask().catch(() => process));

// A question may go to another process than the page came from, where there are several.
function noteSending(isTyped) {
  if (isTyped) sent = typed();
  if (!isWaiting()) noteProcess();
}

function onClickToAsk({ target }) {
  const button = target.closest?.("#question .submit-button, #chat .example, #further .offer");
  if (button) noteSending(button.matches(".submit-button"));
}

function onEnter({ key, shiftKey, isComposing, target }) {
  if (key === "Enter" && !shiftKey && !isComposing && target.matches?.("#question textarea")) noteSending(true);
}

/** The question that has no answer yet, if there is one. */
function awaited() {
  if (typed() && typed() === sent) return sent;
  return isWaiting() ? questions().at(-1) : null;
}

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

async function check() {
  const isTrouble = () => isWaiting() || find(FAILED) !== null;
  if (hasGivenUp) return;
  if (!isTrouble()) return notice.remove();
  let current = null;
  try {
    current = await ask();
  } catch {
    return tell(TEXTS.unreachable, false);
  }
  if (!isTrouble() || (current === process && !find(FAILED))) return notice.remove();
  const question = awaited();
  if (question === null || question === sessionStorage.getItem(TRIED)) return tell(TEXTS.lost, true);
  sessionStorage.setItem(TRIED, question);
  askAgain();
}

// Gradio opens no other stream after a broken one: the page is loaded anew, and the questions are put again.
function askAgain() {
  keep();
  location.reload();
}

// Where a short event was lost, Gradio gives up and loads the page anew by itself, once a server can be reached.
function noticeGivingUp() {
  const toast = hasGivenUp ? null : findAll(".toast-body").find((told) => told.textContent.includes(GIVEN_UP));
  if (!toast) return;
  hasGivenUp = true;
  toast.style.display = "none";
  tell(TEXTS.unreachable, false);
}

addEventListener("pagehide", () => {
  if (!hasGivenUp) return;
  const question = awaited();
  const isTried = question !== null && question === sessionStorage.getItem(TRIED);
  if (question !== null) sessionStorage.setItem(TRIED, question);
  keep(isTried);
});

/** Keep the conversation for the page that is loaded next; `asTyped` leaves what is awaited in the field. */
function keep(asTyped = false) {
  const question = awaited();
  const earlier = questions();
  if (question !== null && question === earlier.at(-1) && isWaiting()) earlier.pop();
  const rest = question === typed() ? "" : typed();
  const asked = question === null || asTyped ? earlier : [...earlier, question];
  sessionStorage.setItem(KEPT, JSON.stringify({ questions: asked, typed: asTyped ? question : rest }));
}

function resume() {
  const field = find("#again textarea");
  const kept = sessionStorage.getItem(KEPT);
  if (!kept || !field || !find("#holdings strong")) return;
  sessionStorage.removeItem(KEPT);
  const { questions, typed } = JSON.parse(kept);
  if (typed) fill(find("#question textarea"), typed);
  if (!questions.length) return;
  fill(field, JSON.stringify(questions));
  setTimeout(() => field.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true })), 100);
}

function fill(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", onClickToAsk, true);
document.addEventListener("keydown", onEnter, true);
noteProcess().then(() => setInterval(check, CHECK_EVERY));
