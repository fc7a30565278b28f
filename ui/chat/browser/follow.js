// Gradio makes and changes the page as it likes: whatever it does is followed.

function follow() {
  mend();
  showSelected();
  noticeGivingUp();
  resume();
  showView();
}

new MutationObserver(follow).observe(document.documentElement, { childList: true, subtree: true });
follow();
