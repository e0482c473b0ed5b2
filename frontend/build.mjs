// Builds portal/static from the sources here; with --check it only compares, and fails on a difference.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "portal", "static");

// A test without Node compares this with the sources, so that a forgotten build is seen.
function sourcesDigest() {
  const digest = createHash("sha256");
  const names = ["scss", "scss/components", "js"].flatMap((folder) =>
    readdirSync(join(here, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${folder}/${entry.name}`),
  );
  for (const name of [...names, "package-lock.json"].sort()) {
    digest.update(`${name}\n`).update(readFileSync(join(here, name))).update("\n");
  }
  return digest.digest("hex").slice(0, 16);
}

const banner =
  "Built from frontend/ by npm run build. Contains parts of govuk-frontend 6.3.0, " +
  `MIT License, see frontend/govuk-frontend-LICENSE.txt. Sources ${sourcesDigest()}`;

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
  "track.js": script("track"),
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
