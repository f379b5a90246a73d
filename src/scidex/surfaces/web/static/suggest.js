// Suggestions under a search box (the ARIA combobox pattern with a listbox). Without this script the box just searches.
for (const input of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("ul");
  const said = document.createElement("div");
  let chosen = -1;
  let asked = "";
  let waiting = 0;
  let running = null;

  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  said.className = "hidden";
  said.setAttribute("role", "status");
  const frame = document.createElement("div");
  frame.className = "suggesting";
  input.replaceWith(frame);
  frame.append(input, list, said);
  input.autocomplete = "off";
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) {
    input.setAttribute(name, value);
  }

  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const choose = (number) => {
    const options = [...list.children];
    chosen = options.length ? (number + options.length) % options.length : -1;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === chosen)));
    if (chosen >= 0) {
      input.setAttribute("aria-activedescendant", options[chosen].id);
      options[chosen].scrollIntoView({ block: "nearest" });
    }
  };

  const titled = (suggestion) => {
    // Text only: what stands in a title is never read as markup.
    const title = document.createElement("span");
    const characters = Array.from(suggestion.title);
    let at = 0;
    for (const [start, end] of suggestion.marks) {
      const mark = document.createElement("mark");
      mark.textContent = characters.slice(start, end).join("");
      title.append(characters.slice(at, start).join(""), mark);
      at = end;
    }
    title.append(characters.slice(at).join(""));
    return title;
  };

  const show = (suggestions) => {
    list.replaceChildren(...suggestions.map((suggestion, number) => {
      const option = document.createElement("li");
      const kind = document.createElement("span");
      option.id = `${list.id}-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.address = suggestion.address;
      kind.className = "quiet";
      kind.textContent = suggestion.label;
      option.append(titled(suggestion), " ", kind);
      return option;
    }));
    chosen = -1;
    list.hidden = suggestions.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
    said.textContent = suggestions.length ? `${suggestions.length} suggestions` : "";
  };

  const ask = async () => {
    const text = input.value.trim();
    if (text === asked) return;
    asked = text;
    running?.abort();
    if (text.length < 2) { close(); return; }
    running = new AbortController();
    try {
      const answer = await fetch(`/search/suggest?q=${encodeURIComponent(text)}`, { signal: running.signal });
      if (answer.ok && input.value.trim() === text && document.activeElement === input) show((await answer.json()).suggestions);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 120); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) { event.preventDefault(); close(); }
    else if (event.key === "ArrowDown" && !list.hidden) { event.preventDefault(); choose(chosen + 1); }
    else if (event.key === "ArrowUp" && !list.hidden) { event.preventDefault(); choose(chosen < 0 ? -1 : chosen - 1); }
    else if (event.key === "Enter" && !list.hidden && chosen >= 0) { event.preventDefault(); location.assign(list.children[chosen].dataset.address); }
  });
  input.addEventListener("blur", () => { clearTimeout(waiting); close(); asked = ""; });
  list.addEventListener("mousedown", (event) => {
    // Before the box loses the focus, which closes the list.
    const option = event.target.closest("[data-address]");
    if (option) { event.preventDefault(); location.assign(option.dataset.address); }
  });
}
