// Runs before the first paint, so that a remembered choice of colours does not flash, and nothing
// moves: neither what only scripts can make use of, nor what is shown before the rest has come.
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
  // https://html.spec.whatwg.org/multipage/links.html#link-type-expect
  const end = document.createElement("link");
  end.rel = "expect";
  end.href = "#page-end";
  end.setAttribute("blocking", "render");
  document.head.append(end);
})();
