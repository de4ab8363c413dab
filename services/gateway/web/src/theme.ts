import { useEffect, useState } from 'react';

type Theme = 'light' | 'dark';

const key = 'conveyor-theme';

function wanted(): Theme {
  const kept = localStorage.getItem(key);
  if (kept === 'light' || kept === 'dark') return kept;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** As the system has it, until the person at the page says otherwise. */
export function applyTheme(theme: Theme = wanted()): void {
  document.documentElement.dataset['theme'] = theme;
}

export function useTheme(): readonly [Theme, () => void] {
  const [theme, setTheme] = useState(wanted);
  useEffect(() => applyTheme(theme), [theme]);
  useEffect(() => {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => setTheme(wanted());
    system.addEventListener('change', follow);
    return () => system.removeEventListener('change', follow);
  }, []);
  return [
    theme,
    () => {
      const other = theme === 'dark' ? 'light' : 'dark';
      localStorage.setItem(key, other);
      setTheme(other);
    },
  ];
}
