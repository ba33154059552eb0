// Runs before the first paint, so that a remembered choice of colours does not flash, and nothing
// moves that only scripts can make use of.
"use strict";
(() => {
  document.documentElement.dataset.scripts = "";
  try {
    const theme = localStorage.getItem("hubcards-theme");
    if (theme === "light" || theme === "dark") {
      document.documentElement.dataset.theme = theme;
    }
  } catch {
    // Storage may be refused; the system's colours are shown then.
  }
})();
