"use strict";
(() => {
  const video = document.querySelector("video");
  const time = document.getElementById("time");
  const now = document.getElementById("now");
  const rows = [...document.querySelectorAll("tr[data-from]")];
  const length = Number(time?.dataset.seconds); // without video and events there is no timeline

  // some phones play no data: address, but all play a blob
  if (video && video.src.startsWith("data:")) {
    const bytes = Uint8Array.from(atob(video.src.slice(video.src.indexOf(",") + 1)), (c) => c.charCodeAt(0));
    video.src = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
  }

  const show = () => {
    const at = video.currentTime;
    for (const end of ["x1", "x2"]) now.setAttribute(end, `${(100 * Math.min(at / length, 1)).toFixed(2)}%`);
    for (const row of rows) row.classList.toggle("on", Number(row.dataset.from) <= at && at <= Number(row.dataset.to) + 0.05);
  };

  if (video) {
    const seek = (at, play) => {
      video.currentTime = Math.max(0, Math.min(at, length));
      const box = video.getBoundingClientRect();
      if (box.bottom < 60 || box.top > window.innerHeight - 60) video.scrollIntoView({ block: "start", behavior: "smooth" });
      if (play) video.play().catch(() => {}); // a browser that lets nothing start by itself has moved to the place all the same
    };
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-at]");
      if (link) {
        event.preventDefault();
        seek(Number(link.dataset.at), true);
      } else if (event.target.closest("#time")) {
        const box = time.getBoundingClientRect();
        seek((length * (event.clientX - box.left)) / box.width, false);
      }
    });
    for (const name of ["timeupdate", "seeking", "seeked"]) video.addEventListener(name, show);
    video.addEventListener("error", () => {
      document.getElementById("lost").hidden = false;
    });
  }

  for (const button of document.querySelectorAll("button[data-kind]")) {
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(shown));
      for (const row of rows) if (row.dataset.kind === button.dataset.kind) row.hidden = !shown;
    });
  }
})();
