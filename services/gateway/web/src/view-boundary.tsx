import { Component, type ReactNode } from 'react';
import { inWords } from './api/problem.ts';
import type { Route } from './routing/route.ts';

interface ViewBoundaryProps {
  readonly route: Route;
  readonly children: ReactNode;
}

interface ViewBoundaryState {
  readonly failure: { readonly error: unknown } | undefined;
}

/** What a view throws takes only that view away: the head stays, and whoever goes elsewhere sees what is there. */
export class ViewBoundary extends Component<ViewBoundaryProps, ViewBoundaryState> {
  override state: ViewBoundaryState = { failure: undefined };

  static getDerivedStateFromError(error: unknown): ViewBoundaryState {
    return { failure: { error } };
  }

  /** Not by a `key`: views keep what they know while the route changes within them. */
  override componentDidUpdate(before: ViewBoundaryProps, { failure }: ViewBoundaryState): void {
    if (failure && before.route !== this.props.route) this.setState({ failure: undefined });
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (!failure) return this.props.children;
    return (
      <div className="notice is-bad row is-apart" role="alert">
        <span>This view cannot be shown: {inWords(failure.error)}</span>
        {/* Code that could not be loaded is not asked for again until the page is. */}
        <button type="button" className="button is-small" onClick={() => location.reload()}>
          Load the page again
        </button>
      </div>
    );
  }
}
