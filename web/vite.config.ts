import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // The light build leaves out subtitles, alternative audio and DRM, which footage does not have.
  resolve: { alias: [{ find: /^hls\.js$/, replacement: "hls.js/light" }] },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: {
        // Parts that change at another pace than the page keep their file, and so their place in the browser's cache.
        codeSplitting: {
          groups: [
            { name: "hls", test: /node_modules[\\/]hls\.js/ },
            { name: "temporal", test: /node_modules[\\/]temporal-/ },
            { name: "react", test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: { "/api": { target: "http://127.0.0.1:8470", changeOrigin: true, ws: true } },
  },
});
