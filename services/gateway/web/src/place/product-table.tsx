import type { ProductView } from '@conveyor/contracts/http';
import { Badge } from '../parts/badge.tsx';
import { count, money } from '../parts/formats.ts';

export type Cart = Readonly<Record<string, number>>;

interface ProductTableProps {
  readonly products: readonly ProductView[];
  readonly cart: Cart;
  readonly onChange: (cart: Cart) => void;
}

/** What can be bought, and how much of it is wanted. An order has one currency: the first product decides. */
export function ProductTable({ products, cart, onChange }: ProductTableProps) {
  const currency = currencyOf(products, cart);
  const want = (sku: string, quantity: number) => {
    const { [sku]: _gone, ...others } = cart;
    onChange(quantity > 0 ? { ...others, [sku]: quantity } : others);
  };
  return (
    <div className="scroll-x products">
      <table>
        <thead>
          <tr>
            <th scope="col">Product</th>
            <th scope="col" className="number">
              Price
            </th>
            <th scope="col" className="number">
              In stock
            </th>
            <th scope="col">Quantity</th>
          </tr>
        </thead>
        <tbody>
          {products.map((product) => {
            const { sku, name, price, stock } = product;
            const isOther = currency !== undefined && price.currency !== currency;
            const available = stock.onHand - stock.reserved;
            return (
              <tr key={sku} className={isOther ? 'is-other' : undefined}>
                <th scope="row" className="product-name">
                  {name}
                  <span className="mono soft small">{sku}</span>
                </th>
                <td className="number">{money(price)}</td>
                <td className="number">
                  {available > 0 ? count(available) : <Badge tone="warn">sold out</Badge>}
                  {stock.reserved > 0 && (
                    <span className="soft small reserved">{count(stock.reserved)} reserved</span>
                  )}
                </td>
                <td>
                  <input
                    className="input quantity"
                    type="number"
                    min={0}
                    max={10_000}
                    value={cart[sku] ?? 0}
                    disabled={isOther}
                    title={isOther ? `An order has one currency, and this one is in ${currency}` : undefined}
                    aria-label={`Quantity of ${name}`}
                    onChange={(event) => want(sku, Math.floor(event.currentTarget.valueAsNumber) || 0)}
                  />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

export function currencyOf(products: readonly ProductView[], cart: Cart): string | undefined {
  return products.find(({ sku }) => cart[sku] !== undefined)?.price.currency;
}
