// What `hubcards serve` adds to the pages that it shows: it reloads the page when there is another
// version of the site, and says over the page what keeps a version from being made.
(() => {
  "use strict";
  const script = document.currentScript;
  const version = script.dataset.version;
  const place = "hubcards-preview-place";

  const restorePlace = () => {
    const kept = JSON.parse(sessionStorage.getItem(place) ?? "null");
    sessionStorage.removeItem(place);
    if (kept?.path !== location.pathname) return;
    // Not smoothly: nobody has asked to be moved.
    const restore = () => scrollTo({ left: kept.x, top: kept.y, behavior: "instant" });
    restore();
    addEventListener("load", restore, { once: true });
  };

  let events = null;
  const reload = () => {
    // Else it would hear again of the version that it asks for, and begin anew.
    events.close();
    const kept = { path: location.pathname, x: scrollX, y: scrollY };
    sessionStorage.setItem(place, JSON.stringify(kept));
    location.reload();
  };

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const countOf = (problems) =>
    problems.length === 1 ? "1 problem" : `${problems.length} problems`;

  const asItem = ({ place, code, message, hint }) =>
    element(
      "li",
      {},
      element("code", { className: "place", textContent: place }),
      element("p", { className: "message", textContent: code ? `${code}: ${message}` : message }),
      element("p", { className: "hint", textContent: hint }),
    );

  const makeOverlay = () => {
    const host = element("hubcards-preview", { lang: "en" });
    const style = element("link", {
      rel: "stylesheet",
      href: new URL("preview.css", script.src).href,
    });
    const heading = element("h1", { id: "heading" });
    const close = element("button", { type: "button", textContent: "Show the page" });
    const behind = version
      ? "Behind this is the last version without problems."
      : "Nothing can be shown yet.";
    const note = element("p", { textContent: `${behind} This goes away when they are mended.` });
    // What can be scrolled must be within reach of the keyboard.
    const list = element("ol", { tabIndex: 0 });
    const dialog = element("dialog", {}, element("header", {}, heading, close), note, list);
    const again = element("button", { type: "button", className: "again" });
    dialog.setAttribute("aria-labelledby", "heading");
    list.setAttribute("aria-labelledby", "heading");
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => again.focus());
    again.addEventListener("click", () => dialog.showModal());
    for (const name of ["load", "error"]) {
      style.addEventListener(name, () => host.isConnected && dialog.showModal());
    }
    host.attachShadow({ mode: "open" }).append(style, dialog, again);
    document.body.append(host);
    return { host, heading, list, again };
  };

  let overlay = null;
  const showProblems = (problems) => {
    if (!problems.length) {
      overlay?.host.remove();
      overlay = null;
      return;
    }
    overlay ??= makeOverlay();
    overlay.heading.textContent = `${countOf(problems)} in the way`;
    overlay.again.textContent = countOf(problems);
    overlay.list.replaceChildren(...problems.map(asItem));
  };

  const onState = ({ data }) => {
    const state = JSON.parse(data);
    if (state.version === version) showProblems(state.problems);
    else reload();
  };

  const follow = () => {
    events?.close();
    events = null;
    // A browser has few connections for one server: a page that nobody sees needs none.
    if (document.hidden) return;
    events = new EventSource(new URL("events", script.src));
    events.addEventListener("message", onState);
  };

  restorePlace();
  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", () => events?.close());
  addEventListener("pageshow", ({ persisted }) => persisted && follow());
  follow();
})();
