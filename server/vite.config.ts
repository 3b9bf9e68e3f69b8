/** What has files of its own beside its code, or is no JavaScript. */
const NOT_BUNDLED = ["@node-rs/argon2", "@photostructure/sqlite", "pg-native"];

// The program as few files: of a thousand modules, finding and reading each is most of a start. The compiler's own output stays beside it.
export default {
  root: import.meta.dirname,
  publicDir: false,
  ssr: { noExternal: true, external: NOT_BUNDLED },
  build: {
    ssr: "src/cli/main.ts",
    // As deep as the modules themselves: what is found by a path from there is found.
    outDir: "dist/bundle",
    emptyOutDir: true,
    target: "node20",
    // Read when an error is told; not named in the files, so that Node.js does not read it at each start.
    sourcemap: "hidden",
    rolldownOptions: {
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name]-[hash].js",
        // Names stay: they are in the traces of errors.
        minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
      },
    },
  },
};
