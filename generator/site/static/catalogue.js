// Narrows the catalogue down by tags and text. What is chosen stands in the address, so that it
// can be sent to somebody. Without this script the tags lead to pages of their own.
"use strict";
(() => {
  const filter = document.querySelector(".filter");
  if (!filter) return;
  const PAUSE = 80;
  const words = filter.dataset;
  const size = Number(words.size);
  const input = filter.querySelector(".filter-text");
  const clear = filter.querySelector(".filter-clear");
  const links = [...filter.querySelectorAll("a[data-tag]")];
  const blank = filter.querySelector("template").content.querySelector(".tile");
  const status = document.querySelector(".count");
  const tiles = document.querySelector(".tiles");
  const pages = document.querySelector("nav.pages");
  const ownTiles = [...tiles.children];
  const ownStatus = status.textContent;
  const ownTag = links.find((link) => link.hasAttribute("aria-current"))?.dataset.tag;
  const home = new URL(words.home, location.href);

  const chosen = new Set();
  let list = null;
  let latest = 0;

  const more = document.createElement("button");
  more.type = "button";
  more.className = "filter-more";
  more.hidden = true;
  tiles.after(more);

  const known = new Set(links.map((link) => link.dataset.tag));

  const addressOf = (tags, text) => {
    // A tag alone has a page of its own, which works without scripts.
    if (!text && tags.length === 1) {
      return new URL(links.find((link) => link.dataset.tag === tags[0]).dataset.page, location.href);
    }
    const address = new URL(home);
    if (tags.length) address.searchParams.set("tags", tags.join(","));
    if (text) address.searchParams.set("text", text);
    address.search = address.search.replaceAll("%2C", ",");
    return address;
  };

  const isOwn = (tags, text) => !text && tags.join() === (ownTag ?? "");

  const showLinks = () => {
    for (const link of links) {
      const tag = link.dataset.tag;
      const others = new Set(chosen);
      if (!others.delete(tag)) others.add(tag);
      link.href = addressOf([...others].sort(), input.value.trim());
      link.setAttribute("aria-pressed", String(chosen.has(tag)));
    }
    clear.hidden = !chosen.size && !input.value.trim();
  };

  const fill = (tile, card) => {
    const set = (selector, text) => {
      const place = tile.querySelector(selector);
      if (place && text) place.textContent = text;
      else place?.remove();
      return place;
    };
    const own = card.texts[list.current];
    const index = own?.[0] ? list.current : list.fallback;
    const summary = set(".tile-summary", card.texts[index]?.[0] ?? "");
    if (index !== list.current && summary) summary.lang = list.languages[index].tag;
    set("h2 a", card.title).href = new URL(`${encodeURIComponent(card.id)}/index.html`, home);
    const author = set(".tile-author", card.author);
    const inShort = (own || card.texts[list.fallback])?.[2];
    if (inShort) {
      const evidence = document.createElement("p");
      evidence.className = "tile-evidence";
      evidence.textContent = inShort;
      author?.after(evidence);
    }
    const tagList = tile.querySelector(".tags");
    const item = tagList?.querySelector("li");
    const items = card.tags.map((tag) => {
      const made = item.cloneNode(true);
      const link = made.querySelector("a");
      link.textContent = tag.names[list.current] ?? tag.id;
      link.dataset.tag = tag.id;
      link.href = links.find((other) => other.dataset.tag === tag.id)?.dataset.page ?? home;
      return made;
    });
    if (items.length) tagList?.replaceChildren(...items);
    else tagList?.remove();
    return tile;
  };

  const show = (cards) => {
    let shown = 0;
    const showMore = () => {
      const next = cards.slice(shown, shown + size).map((card) => fill(blank.cloneNode(true), card));
      tiles.append(...next);
      shown += next.length;
      more.hidden = shown >= cards.length;
      return next[0];
    };
    more.textContent = words.more;
    tiles.replaceChildren();
    showMore();
    more.onclick = () => showMore()?.querySelector("a")?.focus();
    status.textContent = cards.length
      ? words.found.replace("{count}", cards.length)
      : words.nothing;
  };

  const haystack = (card) => {
    card.haystack ??= foldText(
      [
        card.title,
        card.author,
        card.id,
        ...card.entrypoints,
        ...card.texts.map((text) => (text ? text[0] : "")),
        ...card.tags.flatMap((tag) => [tag.id, ...tag.names]),
      ].join("\n"),
    );
    return card.haystack;
  };

  const apply = async () => {
    const number = ++latest;
    const tags = [...chosen].sort();
    const text = input.value.trim();
    showLinks();
    if (isOwn(tags, text)) {
      tiles.replaceChildren(...ownTiles);
      status.textContent = ownStatus;
      more.hidden = true;
      if (pages) pages.hidden = false;
      return;
    }
    try {
      list ??= await loadCards();
    } catch {
      status.textContent = words.failed;
      return;
    }
    if (number !== latest) return;
    const terms = foldText(text).split(/\s+/).filter(Boolean);
    const found = [...list.cards.values()].filter((card) => {
      const ids = card.tags.map((tag) => tag.id);
      return tags.every((tag) => ids.includes(tag)) && terms.every((term) => haystack(card).includes(term));
    });
    if (pages) pages.hidden = true;
    show(found);
  };

  const remember = (add) => {
    const address = addressOf([...chosen].sort(), input.value.trim());
    try {
      // From a disk, browsers keep pages from changing their address to another file's.
      if (address.href !== location.href) add(null, "", address);
    } catch {
      location.assign(address);
    }
  };

  const readAddress = () => {
    const parameters = new URLSearchParams(location.search);
    const tags = (parameters.get("tags") ?? "").split(",");
    chosen.clear();
    for (const tag of tags) if (known.has(tag)) chosen.add(tag);
    const page = links.find((link) => link.dataset.page === location.href.split(/[?#]/)[0]);
    if (page) chosen.add(page.dataset.tag);
    input.value = parameters.get("text") ?? "";
  };

  for (const link of links) {
    link.dataset.page = link.href;
    link.setAttribute("role", "button");
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      if (!chosen.delete(link.dataset.tag)) chosen.add(link.dataset.tag);
      remember(history.pushState.bind(history));
      apply();
    });
    link.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      link.click();
    });
  }
  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      remember(history.replaceState.bind(history));
      apply();
    }, PAUSE);
  });
  clear.addEventListener("click", () => {
    chosen.clear();
    input.value = "";
    remember(history.pushState.bind(history));
    apply();
    input.focus();
  });
  addEventListener("popstate", () => {
    readAddress();
    apply();
  });

  readAddress();
  apply();
})();
