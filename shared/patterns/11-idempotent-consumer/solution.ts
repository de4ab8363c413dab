interface Transaction {
  insertKey(key: string): Promise<boolean>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

export async function once(
  begin: () => Promise<Transaction>,
  key: string,
  effect: (transaction: Transaction) => Promise<void>,
): Promise<'handled' | 'duplicate'> {
  const transaction = await begin();
  try {
    const isNew = await transaction.insertKey(key);
    if (isNew) await effect(transaction);
    await transaction.commit();
    return isNew ? 'handled' : 'duplicate';
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}
