// JavaScript, so that a Node.js that cannot run TypeScript says what is wrong.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Expected Node.js 22.18 or newer, got ${process.versions.node}. Run npm ci, which installs Node.js 24 for this folder, then npm run setup again.`,
  );
  process.exitCode = 1;
}
