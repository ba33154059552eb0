// The search, loaded when it is first used. What it finds in two ways it shows in one list: by
// substring in the lists of cards and of the guide's pages, and in all words with Pagefind. Cards
// come first. Found text is never HTML here.
"use strict";
(() => {
  const SHOWN = 50;
  const EXCERPTS = 30;
  const PAUSE = 80;
  const GUIDE = "guide";
  const EXACTLY = 10000;
  const PROSE = 5;
  const WORTH = { title: 100, entrypoint: 60, tag: 30, heading: 20, summary: 15, author: 10, id: 5 };
  const MARK_START = "\ue000";
  const MARK_END = "\ue001";

  const pageLanguage = document.documentElement.lang;
  const dialog = document.querySelector("dialog.search");
  const words = dialog.dataset;
  const input = dialog.querySelector("input");
  const tagGroup = dialog.querySelector(".search-tags");
  const status = dialog.querySelector(".search-status");
  const results = dialog.querySelector(".search-results");
  const hint = status.textContent;
  const chosenTags = new Set();

  const element = (name, className, ...content) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...content);
    return made;
  };

  // The list of cards ------------------------------------------------------------------------

  const fieldsOf = (card, list) => {
    const fields = [];
    const add = (kind, text, place) => {
      if (text) fields.push({ kind, text, folded: foldText(text), ...place });
    };
    card.titles.forEach((title) => add("title", title));
    card.entrypoints.forEach((name) => add("entrypoint", name));
    card.tags.forEach((tag) => [tag.id, ...tag.names].forEach((name) => add("tag", name)));
    card.texts.forEach((text, index) => {
      if (!text) return;
      const [summary, headings] = text;
      const language = list.languages[index];
      add("summary", summary, { language });
      (headings || []).forEach(([heading, id]) => add("heading", heading, { language, id }));
    });
    add("author", card.author);
    add("id", card.id);
    return fields;
  };

  const pageOfGuide = (list, [name, texts]) => {
    const titles = texts.map((text) => (text ? text[0] : ""));
    return {
      id: `${GUIDE}/${name}`,
      isGuide: true,
      titles,
      title: titles[list.current] || titles[list.fallback] || titles.find(Boolean),
      author: "",
      tags: [],
      entrypoints: [],
      texts: texts.map((text) => text && text.slice(1)),
    };
  };

  // The pages that are searched: the cards, and those of the guide, without which it works, too.
  const withGuide = async (list) => {
    const pages = new Map();
    for (const card of list.cards.values()) {
      pages.set(card.id, { ...card, isGuide: false, titles: [card.title] });
    }
    const take = ({ detail }) => {
      for (const row of detail) {
        const page = pageOfGuide(list, row);
        pages.set(page.id, page);
      }
    };
    if (list.guide) {
      document.addEventListener("hubcards-search-guide", take, { once: true });
      await loadScript(list.guide).catch(() => null);
    }
    return { ...list, pages };
  };

  const prepare = (list) => {
    const unspaced = list.unspaced;
    list.isUnspaced = new RegExp(`^[${unspaced}]`, "u");
    list.runs = new RegExp(`[${unspaced}]+|[^${unspaced}\\s]+`, "gu");
    // Full-width punctuation, too: where it stands no space is missed.
    const closed = `[${unspaced}\u3000-\u303f\uff00-\uffef]`;
    const marks = `[${MARK_START}${MARK_END}]*`;
    list.gaps = new RegExp(`(${closed}${marks})\\s+(?=${marks}${closed})`, "gu");
    for (const card of list.pages.values()) card.fields = fieldsOf(card, list);
    return list;
  };

  const bestField = (card, term) => {
    let best = null;
    for (const field of card.fields) {
      const at = field.folded.indexOf(term);
      if (at < 0) continue;
      const fit = field.folded === term ? 3 : at === 0 ? 1.5 : 1;
      const isOurs = !field.language || field.language.tag === pageLanguage;
      const worth = WORTH[field.kind] * fit + (isOurs ? 1 : 0);
      if (!best || worth > best.worth) best = { field, worth };
    }
    return best;
  };

  const isExactly = (card, query) =>
    card.fields.some(
      (field) => (field.kind === "title" || field.kind === "entrypoint") && field.folded === query,
    );

  const hasChosenTags = (card) => {
    const ids = card.tags.map((tag) => tag.id);
    return [...chosenTags].every((id) => ids.includes(id));
  };

  const searchList = (list, query, terms) => {
    const found = new Map();
    for (const card of list.pages.values()) {
      if (!hasChosenTags(card)) continue;
      const matches = terms.map((term) => bestField(card, term));
      if (matches.includes(null)) continue;
      const worth = matches.reduce((sum, match) => sum + match.worth, 0);
      const score = worth + (isExactly(card, query) ? EXACTLY : 0);
      found.set(card.id, { card, score, fields: matches.map((match) => match.field) });
    }
    return found;
  };

  // All words --------------------------------------------------------------------------------

  let pagefind = null;

  const importPagefind = async (list) => {
    const engine = await import(new URL("search/pagefind/pagefind.js", siteRoot));
    // The guide has an index of its own, without which the cards are still found.
    const guide = new URL("search/pagefind-guide/", siteRoot).href;
    if (list.guide) await engine.mergeIndex(guide).catch(() => null);
    return engine;
  };

  const loadPagefind = (list) => {
    // Browsers load no modules from a disk.
    if (!list.fullText || location.protocol === "file:") return Promise.resolve(null);
    pagefind ??= importPagefind(list).catch(() => null);
    return pagefind;
  };

  const pagefindTerm = (list, term) => {
    if (!list.isUnspaced.test(term)) return term.replaceAll('"', " ");
    return [...term].length > 1 ? `"${[...term].join(" ")}"` : term;
  };

  // As `tag_word` has made it in what is indexed.
  const tagWord = (tag) =>
    `zq${[...new TextEncoder().encode(tag)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;

  const withAllTerms = (searches) => {
    const [first, ...others] = searches.map(
      (search) => new Map(search.results.map((result) => [result.id, result])),
    );
    const all = [];
    for (const [id, result] of first) {
      if (!others.every((other) => other.has(id))) continue;
      const scores = [result, ...others.map((other) => other.get(id))].map((item) => item.score);
      all.push({ result, score: Math.max(...scores) });
    }
    return all.sort((a, b) => b.score - a.score).slice(0, EXCERPTS);
  };

  const richest = (parts) =>
    parts.reduce((best, part) => (part.locations.length > best.locations.length ? part : best));

  const searchWords = async (list, terms) => {
    const engine = await loadPagefind(list);
    if (!engine) return null;
    // What is shown of a text is from the first search: tags come last.
    const wanted = [...terms.map((term) => pagefindTerm(list, term)), ...[...chosenTags].map(tagWord)];
    const searches = await Promise.all(wanted.map((term) => engine.search(term)));
    const found = withAllTerms(searches);
    const data = await Promise.all(found.map((item) => item.result.data()));
    const texts = new Map();
    data.forEach(({ raw_url: url, excerpt, sub_results: parts }, index) => {
      const [, tag, folder, file] = url.split("/");
      const id = folder === GUIDE ? `${GUIDE}/${file.replace(/\.html$/, "")}` : folder;
      const card = list.pages.get(decodeURIComponent(id));
      const language = list.languages.find((item) => item.tag === tag);
      if (!card || !language) return;
      const known = texts.get(card.id);
      if (known && (known.language.tag === pageLanguage || tag !== pageLanguage)) return;
      const part = parts.length ? richest(parts) : { excerpt, locations: [] };
      const score = Math.max(found[index].score, known?.score ?? 0);
      texts.set(card.id, { language, score, excerpt: part.excerpt, id: part.anchor?.id ?? "" });
    });
    return texts;
  };

  const merged = (list, byList, byWords) => {
    const all = new Map(byList);
    for (const [id, text] of byWords ?? []) {
      const known = all.get(id) ?? { card: list.pages.get(id), score: 0, fields: [] };
      all.set(id, { ...known, score: known.score + text.score * PROSE, text });
    }
    const byTitle = new Intl.Collator(pageLanguage, { numeric: true });
    return [...all.values()].sort(
      (a, b) =>
        a.card.isGuide - b.card.isGuide ||
        b.score - a.score ||
        byTitle.compare(a.card.title, b.card.title),
    );
  };

  // What is shown ----------------------------------------------------------------------------

  const highlighted = (text, terms) => {
    const lower = text.toLowerCase();
    if (lower.length !== text.length) return [text];
    const isMarked = new Array(text.length).fill(false);
    for (const term of terms) {
      for (let at = lower.indexOf(term); at >= 0; at = lower.indexOf(term, at + 1)) {
        isMarked.fill(true, at, at + term.length);
      }
    }
    const pieces = [];
    for (let start = 0, end; start < text.length; start = end) {
      end = start + 1;
      while (end < text.length && isMarked[end] === isMarked[start]) end += 1;
      const piece = text.slice(start, end);
      pieces.push(isMarked[start] ? element("mark", "", piece) : piece);
    }
    return pieces;
  };

  const excerptNodes = (list, html) => {
    // A document of its own, in which nothing is loaded or run, to read the text from.
    const body = new DOMParser().parseFromString(html, "text/html").body;
    const text = [...body.childNodes]
      .map((node) => {
        const plain = node.textContent.replaceAll(/[\ue000\ue001]/g, "");
        return node.nodeName === "MARK" ? MARK_START + plain + MARK_END : plain;
      })
      .join("")
      .replaceAll(/\ue001(\s*)\ue000/g, "$1")
      .replaceAll(list.gaps, "$1");
    return text.split(/(\ue000[^\ue001]*\ue001)/).map((piece) =>
      piece.startsWith(MARK_START) ? element("mark", "", piece.slice(1, -1)) : piece,
    );
  };

  const placeOf = (list, { card, fields, text }) => {
    const current = list.languages[list.current];
    const hasOwn = (language) => card.texts[list.languages.indexOf(language)]?.[1];
    const heading = fields.every((field) => field.kind === "heading" || field.kind === "summary")
      ? fields.find((field) => field.kind === "heading")
      : null;
    const place = heading ?? (fields.length ? null : text);
    // A page in a language that the card has no text in shows the one that was found.
    const isElsewhere = place && place.language !== current && hasOwn(current);
    return { place, language: isElsewhere ? place.language : current };
  };

  const resultItem = (list, item, terms) => {
    const { card, fields, text } = item;
    const { place, language } = placeOf(list, item);
    const link = document.createElement("a");
    const page = card.isGuide ? `${card.id}.html` : `${encodeURIComponent(card.id)}/index.html`;
    link.href = new URL(`${language.tag}/${page}`, siteRoot);
    if (place?.id) link.hash = `#${encodeURIComponent(place.id)}`;
    link.append(element("strong", "", ...highlighted(card.title, terms)));
    if (card.isGuide) link.append(element("span", "search-guide", words.guide));
    if (language.tag !== pageLanguage) {
      const label = element("span", "search-language", language.name);
      label.lang = language.tag;
      link.hreflang = language.tag;
      link.append(label);
    }
    const add = (className, shownLanguage, nodes) => {
      if (!nodes.some((node) => node.textContent ?? node)) return;
      const line = element("span", className, ...nodes);
      if (shownLanguage && shownLanguage.tag !== pageLanguage) line.lang = shownLanguage.tag;
      link.append(line);
    };
    const entrypoints = new Set(fields.filter((f) => f.kind === "entrypoint").map((f) => f.text));
    for (const name of entrypoints) add("search-entrypoint", null, highlighted(name, terms));
    const heading = fields.find((field) => field.kind === "heading");
    if (heading) add("search-heading", heading.language, highlighted(heading.text, terms));
    const summary = fields.find((field) => field.kind === "summary");
    if (summary || !text) {
      const index = card.texts[list.current]?.[0] ? list.current : 0;
      const shown = summary ?? { text: card.texts[index]?.[0] ?? "", language: list.languages[index] };
      add("search-excerpt", shown.language, highlighted(shown.text, terms));
    } else {
      add("search-excerpt", text.language, excerptNodes(list, text.excerpt));
    }
    const tags = card.tags.map((tag) => {
      const isNamed = fields.some((f) => f.kind === "tag" && [tag.id, ...tag.names].includes(f.text));
      const name = tag.names[list.current] ?? tag.id;
      return element("span", "", isNamed ? element("mark", "", name) : name);
    });
    if (tags.length) link.append(element("span", "search-result-tags", ...tags));
    return element("li", "", link);
  };

  const show = (list, found, terms, isWhole) => {
    const focused = document.activeElement?.closest?.(".search-results a")?.href;
    results.replaceChildren(
      ...found.slice(0, SHOWN).map((item) => resultItem(list, item, terms)),
    );
    if (focused) ([...results.querySelectorAll("a")].find((a) => a.href === focused) ?? input).focus();
    const shown = found.slice(0, SHOWN);
    const cards = shown.filter((item) => !item.card.isGuide).length;
    const count = found.length > SHOWN && cards === SHOWN ? words.first : words.found;
    const counts = [
      cards ? count.replace("{count}", cards) : "",
      shown.length > cards ? `${words.guide} ${shown.length - cards}` : "",
    ];
    const said = counts.filter(Boolean).join(" · ") || words.nothing;
    status.textContent = isWhole ? said : `${said} ${words.partly}`.trim();
  };

  // What is asked ----------------------------------------------------------------------------

  let loading = null;
  let latest = 0;

  const search = async (number) => {
    const query = foldText(input.value).trim();
    loading ??= loadCards().then(withGuide).then(prepare);
    let list;
    try {
      list = await loading;
    } catch {
      loading = null;
      status.textContent = words.failed;
      return;
    }
    if (!tagGroup.childElementCount) fillTags(list);
    if (number !== latest) return;
    const terms = (query.match(list.runs) ?? []).filter((term) => /[\p{L}\p{N}]/u.test(term));
    if (!terms.length && !chosenTags.size) {
      results.replaceChildren();
      status.textContent = query ? words.nothing : hint;
      loadPagefind(list);
      return;
    }
    const byList = searchList(list, query, terms);
    if (!terms.length) {
      show(list, merged(list, byList, null), terms, true);
      return;
    }
    const wordsFound = searchWords(list, terms).catch(() => null);
    // Whichever answers first is shown: Pagefind still loads on the first query.
    const quick = await Promise.race([wordsFound, new Promise((done) => setTimeout(done, PAUSE))]);
    if (number !== latest) return;
    if (!quick && byList.size) show(list, merged(list, byList, null), terms, true);
    const byWords = quick ?? (await wordsFound);
    if (number === latest) show(list, merged(list, byList, byWords), terms, byWords !== null);
  };

  const fillTags = (list) => {
    for (const tag of list.tags) {
      const button = element("button", "", tag.names[list.current] ?? tag.id);
      button.type = "button";
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => {
        const isChosen = !chosenTags.delete(tag.id);
        if (isChosen) chosenTags.add(tag.id);
        button.setAttribute("aria-pressed", String(isChosen));
        ask();
      });
      tagGroup.append(button);
    }
  };

  let timer = 0;
  const ask = async () => {
    clearTimeout(timer);
    timer = 0;
    results.ariaBusy = "true";
    const number = ++latest;
    await search(number);
    if (number === latest && !timer) results.ariaBusy = "false";
  };
  const askSoon = () => {
    clearTimeout(timer);
    results.ariaBusy = "true";
    timer = setTimeout(ask, PAUSE);
  };

  const openFirst = async () => {
    await ask();
    results.querySelector("a")?.click();
  };

  const move = (step) => {
    const stops = [input, ...results.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement);
    const next = stops[Math.min(Math.max((at < 0 ? 0 : at) + step, 0), stops.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };

  // Keys that choose among what an input method offers are not meant for the search.
  const isComposing = (event) => event.isComposing || event.keyCode === 229;

  input.addEventListener("input", (event) => {
    if (!event.isComposing) askSoon();
  });
  input.addEventListener("compositionend", askSoon);
  dialog.addEventListener("keydown", (event) => {
    if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && event.target === input) {
      event.preventDefault();
      openFirst();
    } else if (event.key.length === 1 && event.key !== " " && event.target.closest("ol")) {
      // Whoever goes on typing goes on with the query.
      input.focus();
    }
  });
  dialog.addEventListener("click", (event) => {
    // The dialog's own box is all covered: what is outside of it is the page behind.
    // A result may be a heading of this very page, which is only scrolled to then.
    const leads = event.target.closest(".search-results a") && !event.ctrlKey && !event.metaKey;
    if (event.target === dialog || event.target.closest(".search-close") || leads) dialog.close();
  });

  ask();
})();
