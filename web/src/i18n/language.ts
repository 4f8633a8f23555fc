// The language of the page: Chinese unless the reader chose English, kept in this browser.

import { createSignal } from 'solid-js';
import { TEXTS, type TextKey } from './texts';

export type Language = 'zh' | 'en';

const KEY = 'lifering.workbench.language';

function remembered(): Language | null {
  const asked = new URLSearchParams(location.search).get('lang');
  if (asked === 'en' || asked === 'zh') return asked;
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'en' || kept === 'zh' ? kept : null;
  } catch {
    return null;
  }
}

const [language, setSignal] = createSignal<Language>(remembered() ?? 'zh');

export { language };

export function setLanguage(to: Language): void {
  setSignal(to);
  document.documentElement.lang = to === 'zh' ? 'zh-CN' : 'en';
  try {
    localStorage.setItem(KEY, to);
  } catch {
    // A browser that keeps nothing forgets the choice.
  }
}

/** The language the server was started in, for a reader who has not chosen one. */
export function suggestLanguage(to: Language): void {
  if (remembered() === null) setSignal(to);
  document.documentElement.lang = language() === 'zh' ? 'zh-CN' : 'en';
}

function filled(text: string, values: readonly (string | number)[]): string {
  return text.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)] ?? ''));
}

/** A text in the language of the page. */
export function t(key: TextKey, ...values: readonly (string | number)[]): string {
  return filled(TEXTS[key][language() === 'zh' ? 0 : 1], values);
}

/** A text that is kept, and shown in whatever language the page has then. */
export function inBoth(key: TextKey, ...values: readonly (string | number)[]): { zh: string; en: string } {
  return { zh: filled(TEXTS[key][0], values), en: filled(TEXTS[key][1], values) };
}

/** A text that the server gives in both languages. */
export function inWords(both: { zh: string; en: string } | string | null | undefined): string {
  if (!both) return '';
  return typeof both === 'string' ? both : both[language()];
}

const locale = () => (language() === 'zh' ? 'zh-CN' : 'en-GB');

export const whole = (n: number): string => Math.round(n).toLocaleString(locale());
export const decimal = (n: number): string => n.toLocaleString(locale(), { maximumFractionDigits: 1 });
export const signed = (n: number): string => (Math.round(n) > 0 ? '+' : '') + whole(n);
/** Never rounded up: 99.97 % of the people are not all of them. */
export const percent = (share: number): string => `${(Math.floor(share * 1000 + 1e-9) / 10).toLocaleString(locale(), { minimumFractionDigits: 1, maximumFractionDigits: 1 })}%`;
export const minutes = (seconds: number): string => (seconds / 60).toLocaleString(locale(), { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function metres(m: number): string {
  return m >= 2000 ? `${(m / 1000).toLocaleString(locale(), { maximumFractionDigits: 2 })} km` : `${whole(m)} m`;
}
