import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Catalog } from "./catalog.ts";
import { en } from "./en.ts";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

/** The languages there are catalogs for, each by its own name. */
export const LANGUAGES = [
  { code: "en", name: "English" },
  { code: "de", name: "Deutsch" },
] as const;

export type Language = (typeof LANGUAGES)[number]["code"];

const STORAGE_KEY = "nightjar.language";

/** English is always there; any other catalog is fetched when it is wanted. */
const LOADERS: Record<Exclude<Language, "en">, () => Promise<Catalog>> = {
  de: async () => (await import("./de.ts")).de,
};

/** Makes the translations ready in the language chosen before, else the browser's. Never fails: at worst it is English. */
export async function startTranslations(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
  });
  await applyLanguage(preferredLanguage()).catch(() => undefined);
}

/** Switches the page to a language and remembers it on this device. Throws when its catalog cannot be fetched. */
export async function chooseLanguage(language: Language): Promise<void> {
  await applyLanguage(language);
  localStorage.setItem(STORAGE_KEY, language);
}

async function applyLanguage(language: Language): Promise<void> {
  if (language !== "en" && !i18next.hasResourceBundle(language, "translation")) {
    i18next.addResourceBundle(language, "translation", await LOADERS[language]());
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

function preferredLanguage(): Language {
  const wishes = [localStorage.getItem(STORAGE_KEY) ?? "", ...navigator.languages];
  for (const wish of wishes) {
    const known = LANGUAGES.find((one) => one.code === wish.slice(0, 2).toLowerCase());
    if (known !== undefined) return known.code;
  }
  return "en";
}
