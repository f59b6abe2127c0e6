// A button that prints the page, shown only where it can.
for (const button of document.querySelectorAll('[data-do="print"]')) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
