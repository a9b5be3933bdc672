// What HTML of a kernel can't do by itself: roles on widgets, choosing in the table, focus, copying.
(() => {
  const main = document.getElementById("rendered_cells");

  const announce = (box) => {
    box.setAttribute("role", "status");
    box.setAttribute("aria-live", "polite");
  };

  const asButton = (span) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "valj";
    button.dataset.valj = span.dataset.nyckeltal;
    button.textContent = span.textContent;
    span.replaceWith(button);
  };

  const choose = (kpi) => {
    const list = main.querySelector(".nyckeltal select");
    const at = [...list.options].findIndex((one) => one.text.endsWith(`(${kpi})`));
    if (at < 0) return;
    list.selectedIndex = at;
    list.dispatchEvent(new Event("change", { bubbles: true }));
    list.focus();
    list.scrollIntoView({ block: "start" });
  };

  const copy = async (button) => {
    const area = main.querySelector("#kopiera");
    area.select();
    try {
      await navigator.clipboard.writeText(area.value);
    } catch {
      document.execCommand("copy");
    }
    button.textContent = "Texten är kopierad";
  };

  const tidy = () => {
    main.querySelectorAll(".lage .widget-html-content:not([role])").forEach(announce);
    main.querySelectorAll("span[data-nyckeltal]").forEach(asButton);
    main.querySelectorAll("button.kopiera[hidden]").forEach((one) => { one.hidden = false; });
    const answered = main.querySelector("[data-fokus]");
    if (answered) {
      answered.removeAttribute("data-fokus");
      const heading = answered.querySelector("h2");
      heading.tabIndex = -1;
      heading.focus();
      heading.scrollIntoView({ block: "start" });
    }
    const name = main.querySelector("[data-kommun]");
    if (name) document.title = `Dumma frågor om ${name.dataset.kommun} – malstyr`;
  };

  main.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.valj) choose(button.dataset.valj);
    if (button?.matches(".kopiera")) copy(button);
  });
  new MutationObserver(tidy).observe(document.body, { childList: true, subtree: true });
  tidy();
})();
