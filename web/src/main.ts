import { App } from "./app";

const app = new App(document.getElementById("page")!);
const kept = document.getElementById("result")?.textContent ?? "";
if (kept.trim()) app.add(kept);
app.start();
