// A click on a node of the drawing walks the graph without loading the whole page anew. Without script it is a plain link.
(() => {
  "use strict";
  let asked = 0;
  async function walk(address, remember) {
    const mine = ++asked;
    const main = document.getElementById("main");
    main.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.getElementById("main");
      if (mine !== asked) return;
      if (!next) throw new Error("no content");
      main.replaceChildren(...next.childNodes);
      document.title = page.title;
      if (remember) history.pushState({ graph: true }, "", address);
      const heading = main.querySelector("h1");
      if (heading) { heading.tabIndex = -1; heading.focus({ preventScroll: false }); }
    } catch {
      location.assign(address);
    } finally {
      main.removeAttribute("aria-busy");
    }
  }
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest("[data-graph] a");
    if (!link) return;
    const href = link.getAttribute("href") || link.getAttributeNS("http://www.w3.org/1999/xlink", "href") || "";
    if (!href.startsWith("/graph/")) return;
    event.preventDefault();
    walk(href, true);
  });
  history.replaceState({ graph: true }, "", location.href);
  window.addEventListener("popstate", (event) => {
    if (event.state && event.state.graph) walk(location.href, false);
  });
})();
