import type { ProductView } from '@conveyor/contracts/http';
import { Badge } from '../parts/badge.tsx';
import { count, money } from '../parts/formats.ts';
import { type Column, Table } from '../parts/table.tsx';

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
  const isOther = ({ price }: ProductView) => currency !== undefined && price.currency !== currency;
  const columns: readonly Column<ProductView>[] = [
    {
      title: 'Product',
      kind: 'row-title',
      className: 'product-name',
      cell: ({ name, sku }) => (
        <>
          {name}
          <span className="mono soft small">{sku}</span>
        </>
      ),
    },
    { title: 'Price', kind: 'number', cell: ({ price }) => money(price) },
    { title: 'In stock', kind: 'number', cell: ({ stock }) => <Stock {...stock} /> },
    {
      title: 'Quantity',
      cell: (product) => (
        <input
          className="input quantity"
          type="number"
          min={0}
          max={1_000_000}
          value={cart[product.sku] ?? 0}
          disabled={isOther(product)}
          title={isOther(product) ? `An order has one currency, and this one is in ${currency}` : undefined}
          aria-label={`Quantity of ${product.name}`}
          onChange={(event) => want(product.sku, Math.floor(event.currentTarget.valueAsNumber) || 0)}
        />
      ),
    },
  ];
  return (
    <div className="products">
      <Table
        label="Products"
        columns={columns}
        rows={products}
        keyOf={({ sku }) => sku}
        classOf={(product) => (isOther(product) ? 'is-other' : undefined)}
      />
    </div>
  );
}

function Stock({ onHand, reserved }: ProductView['stock']) {
  const available = onHand - reserved;
  return (
    <>
      {available > 0 ? count(available) : <Badge tone="warn">sold out</Badge>}
      {reserved > 0 && <span className="soft small reserved">{count(reserved)} reserved</span>}
    </>
  );
}

export function currencyOf(products: readonly ProductView[], cart: Cart): string | undefined {
  return products.find(({ sku }) => cart[sku] !== undefined)?.price.currency;
}
