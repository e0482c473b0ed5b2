// Builds portal/static from the sources here; with --check it only compares, and fails on a difference.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "portal", "static");
const banner = "Built from frontend/: npm run build. Contains parts of govuk-frontend 6.3.0 (MIT).";

function style(name) {
  const { css } = compile(join(here, "scss", `${name}.scss`), {
    loadPaths: [join(here, "node_modules")],
    style: "compressed",
    quietDeps: true,
  });
  return `/* ${banner} */\n${css.replace(/^\uFEFF/, "")}\n`;
}

function script(name) {
  // Chromium 86 is the engine of the oldest WeChat still in use.
  const { outputFiles } = buildSync({
    entryPoints: [join(here, "js", `${name}.js`)],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "chrome86",
    legalComments: "none",
    nodePaths: [join(here, "node_modules")],
  });
  return `/* ${banner} */\n${outputFiles[0].text}`;
}

const built = {
  "portal.css": style("portal"),
  "desk.css": style("desk"),
  "forms.js": script("forms"),
  "desk.js": script("desk"),
};

let stale = 0;
for (const [name, text] of Object.entries(built)) {
  const path = join(target, name);
  if (process.argv.includes("--check")) {
    let there = "";
    try {
      there = readFileSync(path, "utf8");
    } catch {
      there = "";
    }
    if (there !== text) {
      console.error(`${name} is not what frontend/ builds: run npm run build`);
      stale += 1;
    }
  } else {
    writeFileSync(path, text);
    console.log(`${name}: ${Buffer.byteLength(text)} bytes`);
  }
}
process.exit(stale ? 1 : 0);
