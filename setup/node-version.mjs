// Imported first by every command. Uses nothing that an old Node lacks, so that the sentence below is what people see, not a syntax error.

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Nightjar needs Node.js 20.19 or newer; this is ${process.versions.node} (${process.execPath}).`);
  console.error("Install a newer one from https://nodejs.org/ or your system's packages and call this again.");
  process.exit(1);
}
