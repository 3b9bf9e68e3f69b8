// Must be loaded before any schema. The page's content security policy forbids code made from strings, and Zod would try whether it may:
// a needless violation report in every browser's console.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });

export {};
