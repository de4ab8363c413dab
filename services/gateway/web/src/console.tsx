import { lazy, Suspense, useEffect, useRef } from 'react';
import { BreakView } from './breaking/break-view.tsx';
import { DeadLettersView } from './dead-letters/dead-letters-view.tsx';
import { FlowView } from './flow/flow-view.tsx';
import { useConnection, useLive } from './live/stream.ts';
import { OrdersView } from './order/orders-view.tsx';
import { Loading } from './parts/notices.tsx';
import { PlaceView } from './place/place-view.tsx';
import { hrefOf, type Route, views } from './routing/route.ts';
import { useRoute } from './routing/use-route.ts';
import { SearchView } from './search/search-view.tsx';
import { useTheme } from './theme.ts';
import { TokenDialog } from './token-dialog.tsx';
import { ViewBoundary } from './view-boundary.tsx';

// Only this view needs the library that reads Markdown, half of all code.
const PatternsView = lazy(async () => ({
  default: (await import('./patterns/patterns-view.tsx')).PatternsView,
}));

export function Console() {
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const title = views.find(({ name }) => name === route.view)?.title;

  // A dead letter opens beside the others, as a panel that leads to itself.
  const shown = hrefOf(route.view, route.view === 'dead-letters' ? undefined : route.id);
  const before = useRef(shown);
  useEffect(() => {
    document.title = `${title} · Conveyor`;
    if (shown === before.current) return;
    before.current = shown;
    // Whoever cannot see that the page has changed has to be led to what is new.
    main.current?.focus();
    scrollTo(0, 0);
  }, [title, shown]);

  return (
    <>
      <button type="button" className="skip-link" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Head current={route.view} />
      <main className="page" id="main" ref={main} tabIndex={-1}>
        <ViewBoundary route={route}>
          <Suspense fallback={<Loading what="the view" />}>
            <View route={route} />
          </Suspense>
        </ViewBoundary>
      </main>
      <TokenDialog />
    </>
  );
}

function View({ route }: { readonly route: Route }) {
  switch (route.view) {
    case 'place':
      return <PlaceView />;
    case 'orders':
      return <OrdersView orderId={route.id} />;
    case 'flow':
      return <FlowView />;
    case 'dead-letters':
      return <DeadLettersView id={route.id} />;
    case 'break':
      return <BreakView />;
    case 'search':
      return <SearchView />;
    case 'patterns':
      return <PatternsView name={route.id} />;
    default:
      return route.view satisfies never;
  }
}

function Head({ current }: { readonly current: string }) {
  const [theme, toggleTheme] = useTheme();
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <header className="shell-head">
      <div className="shell-bar">
        <a className="brand" href={hrefOf('place')}>
          <img src="/icon.svg" alt="" width="24" height="24" />
          Conveyor
        </a>
        <nav aria-label="Views">
          <ul className="menu">
            {views.map(({ name, title }) => (
              <li key={name}>
                <a href={hrefOf(name)} aria-current={name === current ? 'page' : undefined}>
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div className="shell-state">
          <Pulse />
          <button
            type="button"
            className="button is-small"
            onClick={toggleTheme}
            aria-label={`Switch to the ${other} theme`}
            title={`Switch to the ${other} theme`}
          >
            <span aria-hidden="true">{theme === 'dark' ? '☀' : '☾'}</span>
          </button>
        </div>
      </div>
    </header>
  );
}

const words = { connecting: 'connecting …', open: 'connected', lost: 'no connection' };

/** Whether the page hears the system, and how much it hears. */
function Pulse() {
  const connection = useConnection();
  const { perSecond } = useLive();
  return (
    <>
      <span className="pulse" title="Entries of the flight recorder in the last second">
        {connection === 'open' ? `live, ${perSecond} /s` : words[connection]}
        <span className={`pulse-dot is-${connection}`} aria-hidden="true" />
      </span>
      {/* Told without the rate, which changes all the time. */}
      <span className="out-of-sight" role="status">
        {words[connection]}
      </span>
    </>
  );
}
