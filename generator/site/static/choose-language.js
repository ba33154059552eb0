// The front page leads on by itself: to the language chosen before, else to the browser's.
"use strict";
(() => {
  const links = [...document.querySelectorAll("a[data-language]")];
  const primary = (tag) => tag.toLowerCase().split("-")[0];
  const remembered = () => {
    try {
      return localStorage.getItem("hubcards-language");
    } catch {
      return null;
    }
  };
  const wanted = [remembered(), ...navigator.languages].filter(Boolean);
  for (const tag of wanted) {
    const link =
      links.find((item) => item.dataset.language.toLowerCase() === tag.toLowerCase()) ??
      links.find((item) => primary(item.dataset.language) === primary(tag));
    if (link) {
      location.replace(link.href);
      return;
    }
  }
})();
