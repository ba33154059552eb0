// Comforts on top of pages that are complete without them.
"use strict";

const remember = (key, value) => {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Where nothing can be stored, the choice lasts for this page.
  }
};

const siteRoot = new URL("../", document.currentScript.src);

const foldText = (text) => text.normalize("NFKC").toLowerCase();

const loadScript = (path) =>
  new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(path, siteRoot);
    script.onload = resolve;
    script.onerror = () => reject(new Error(path));
    document.head.append(script);
  });

// The list of all cards, loaded when somebody first searches or filters.
let loadingCards = null;
const loadCards = () => {
  const load = async () => {
    let list;
    document.addEventListener("hubcards-search-list", (event) => {
      list = event.detail;
    });
    await loadScript("search/list.js");
    const tags = new Map(list.tags.map((tag) => [tag.id, tag]));
    const cards = new Map();
    document.addEventListener("hubcards-search-cards", (event) => {
      for (const [id, title, author, tagIds, entrypoints, texts] of event.detail) {
        const cardTags = tagIds.map((tag) => tags.get(tag));
        cards.set(id, { id, title, author, tags: cardTags, entrypoints, texts });
      }
    });
    const loads = list.parts.map(loadScript);
    await Promise.all(loads);
    const pageLanguage = document.documentElement.lang;
    const current = list.languages.findIndex((language) => language.tag === pageLanguage);
    const inOrder = [...cards.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return { ...list, current, cards: new Map(inOrder.map((card) => [card.id, card])) };
  };
  loadingCards ??= load().catch((error) => {
    loadingCards = null;
    throw error;
  });
  return loadingCards;
};

const setUpThemeSwitch = () => {
  const button = document.querySelector(".theme-switch");
  if (!button) return;
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const label = () => {
    const text = isDark() ? button.dataset.toLight : button.dataset.toDark;
    button.setAttribute("aria-label", text);
    button.title = text;
  };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember("hubcards-theme", root.dataset.theme);
    label();
  });
  system.addEventListener("change", label);
  label();
  button.hidden = false;
};

const copyText = async (text) => {
  if (navigator.clipboard && isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "copy-buffer";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copying was refused");
};

const setUpCopyButtons = () => {
  const words = document.body.dataset;
  for (const figure of document.querySelectorAll("figure.code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = words.copy;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      try {
        await copyText(figure.querySelector("code").textContent);
        button.textContent = words.copied;
      } catch {
        button.textContent = words.copyFailed;
      }
      setTimeout(() => {
        button.textContent = words.copy;
      }, 2000);
    });
    figure.append(button);
  }
};

const setUpLanguageMemory = () => {
  for (const link of document.querySelectorAll("a[data-language]")) {
    link.addEventListener("click", () => remember("hubcards-language", link.dataset.language));
  }
};

const setUpContents = () => {
  const links = [...document.querySelectorAll(".contents a")];
  const targets = links.map((link) =>
    document.getElementById(decodeURIComponent(link.hash.slice(1))),
  );
  if (!links.length || targets.includes(null)) return;
  const languageLinks = [...document.querySelectorAll(".languages a[data-headings]")];
  const headings = links.filter((link) => link.closest(".contents [class^=depth-]"));
  // The same place in another language: of a heading its counterpart, else what all pages have.
  const pointTo = (current) => {
    const heading = headings.indexOf(links[current]);
    for (const link of languageLinks) {
      const counterpart = link.dataset.headings.split(" ")[heading];
      const place = heading < 0 ? targets[current].id : counterpart || "page-description";
      link.hash = current ? place : "";
    }
  };
  let scheduled = false;
  const mark = () => {
    scheduled = false;
    const line = innerHeight / 3;
    let current = 0;
    targets.forEach((target, index) => {
      if (target.getBoundingClientRect().top <= line) current = index;
    });
    links.forEach((link, index) => {
      if (index === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    pointTo(current);
  };
  addEventListener(
    "scroll",
    () => {
      if (!scheduled) requestAnimationFrame(mark);
      scheduled = true;
    },
    { passive: true },
  );
  mark();
};

const setUpSearch = () => {
  const link = document.querySelector(".search-link");
  const dialog = document.querySelector("dialog.search");
  if (!link || !dialog?.showModal) return;
  const open = () => {
    if (dialog.open) return;
    dialog.showModal();
    dialog.querySelector("input").select();
    if (document.querySelector("script[data-search]")) return;
    const script = document.createElement("script");
    script.src = dialog.dataset.script;
    script.dataset.search = "";
    script.addEventListener("error", () => {
      dialog.querySelector("[role=status]").textContent = dialog.dataset.failed;
      script.remove();
    });
    document.head.append(script);
  };
  const isModified = (event) => event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
  link.setAttribute("role", "button");
  link.setAttribute("aria-haspopup", "dialog");
  link.setAttribute("aria-keyshortcuts", "/");
  link.addEventListener("click", (event) => {
    if (isModified(event)) return;
    event.preventDefault();
    open();
  });
  link.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    // Not without Shift: there are keyboards on which "/" needs it.
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    // The field of a dialog that has just been closed has the focus until the next frame.
    const field = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.isComposing || field?.getClientRects().length) return;
    event.preventDefault();
    open();
  });
};

setUpThemeSwitch();
setUpCopyButtons();
setUpLanguageMemory();
setUpContents();
setUpSearch();
