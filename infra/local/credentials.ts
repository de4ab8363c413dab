// No secrets: these servers listen on the loopback interface only. docker-compose.yml has the same.

/** The superuser of PostgreSQL. Services log in as roles of their own, see infra/postgres/databases.sql. */
export const superuser = { user: 'postgres', password: 'postgres' } as const;

/** The user of services and of the management page, an administrator. */
export const rabbitmqUser = { user: 'conveyor', password: 'conveyor' } as const;
