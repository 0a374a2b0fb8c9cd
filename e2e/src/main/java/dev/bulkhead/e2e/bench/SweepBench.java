package dev.bulkhead.e2e.bench;

import dev.bulkhead.api.v1beta1.DatabaseRequest;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.operator.database.Credential;
import dev.bulkhead.operator.database.DatabaseAddress;
import dev.bulkhead.operator.database.DatabaseApplier;
import dev.bulkhead.operator.database.DatabasePlanner;
import dev.bulkhead.operator.database.DatabaseServerConnection;
import dev.bulkhead.operator.database.DatabaseSweep;
import dev.bulkhead.operator.database.DatabaseTimeouts;
import dev.bulkhead.operator.database.SchemaPlan;
import dev.bulkhead.operator.database.SqlTraffic;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.identity.Home;
import dev.bulkhead.operator.identity.Homes;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.probe.database.DatabaseLimits;
import dev.bulkhead.operator.probe.database.DatabaseLogin;
import dev.bulkhead.operator.probe.database.DatabaseProbe;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Tenants of one database, looked at by the operator's sweep and attacked by the prober, while some make far too much. */
final class SweepBench implements AutoCloseable {
    private static final int SWEEPS = 5;
    private static final int ATTACKS = 3;
    private static final int OTHERS = 8;

    /** Rights that one table can give away, one for each of its columns. */
    private static final int COLUMNS = 1_500;

    private static final String SERVER = "bench";

    /** What every tenant has: a small application's schema. */
    private static final String APPLICATION = """
            DO $$ BEGIN
              FOR i IN 1..12 LOOP
                EXECUTE format('CREATE TABLE t%s (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, at timestamptz)', i);
                EXECUTE format('CREATE INDEX ON t%s (name)', i);
              END LOOP;
              FOR i IN 1..3 LOOP
                EXECUTE format('CREATE FUNCTION f%s(a int) RETURNS int LANGUAGE sql AS ''SELECT 1''', i);
              END LOOP;
              CREATE TYPE kind AS ENUM ('a', 'b');
            END $$""";

    private final StackEndpoints.Postgres postgres;
    private final Progress progress;
    private final DatabaseAddress address;
    private final DatabaseServerConnection server;
    private final DatabaseApplier applier;
    private final DatabaseSweep sweep;
    private final DatabaseProbe probe;
    private final TenantSpec spec;
    private final Map<TenantIdentity, SchemaPlan> plans = new LinkedHashMap<>();
    private final List<Subject> subjects = new ArrayList<>();
    private final Map<TenantIdentity, String> passwords = new HashMap<>();

    SweepBench(StackEndpoints.Postgres postgres, Progress progress) throws IOException {
        this.postgres = postgres;
        this.progress = progress;
        SecureRandom random = new SecureRandom();
        address = new DatabaseAddress(
                postgres.host(), postgres.port(), true, Files.readString(Path.of(postgres.caCertificate())));
        server = new DatabaseServerConnection(
                address,
                new Credential(
                        postgres.operatorUser(), postgres.operatorPassword().toCharArray()),
                DatabaseTimeouts.defaults(),
                InstantSource.system(),
                SqlTraffic.UNHEARD);
        applier = new DatabaseApplier(server, random);
        sweep = new DatabaseSweep(server, applier);
        probe = new DatabaseProbe(
                tenant -> Optional.of(new DatabaseLogin(
                        address, postgres.database(), login(tenant.identity()), password(tenant.identity()))),
                DatabaseLimits.defaults(),
                Set.of(),
                random);
        spec = new BenchTenants(new KubernetesSerialization())
                .named(SERVER, 1)
                .getFirst()
                .getSpec();
    }

    /**
     * Measures one situation after another.
     *
     * @param tenants at least four
     * @param flood what one tenant makes too much
     */
    List<SweepFigures> run(int tenants, int flood) throws SQLException {
        progress.say("making " + tenants + " tenants in database " + postgres.database());
        for (int i = 1; i <= tenants; i++) {
            create("tenant-" + i);
        }
        Subject neighbour = subjects.getLast();
        sweep.sweep(postgres.database(), plans, this::credential);
        List<SweepFigures> figures = new ArrayList<>();
        figures.add(measure(tenants + " tenants, nobody floods", neighbour, neighbour));

        // Each function counts three times: with the rights that its owner and PUBLIC have.
        int looked = 16_000;
        floodFunctions(subjects.get(0), looked);
        figures.add(measure(
                "tenant-1 has " + looked + " functions, nearly as many as are looked at", neighbour, subjects.get(0)));

        floodFunctions(subjects.get(1), flood);
        figures.add(measure("tenant-2 has " + flood + " functions, too", neighbour, subjects.get(1)));

        floodRights(subjects.get(2), flood);
        figures.add(measure("tenant-3 gives away " + flood + " columns, too", neighbour, subjects.get(2)));
        return figures;
    }

    private void create(String name) throws SQLException {
        TenantIdentity identity = new TenantIdentity(UUID.randomUUID().toString());
        passwords.put(identity, UUID.randomUUID().toString());
        SchemaPlan plan = DatabasePlanner.plan(
                identity,
                new ValidTenant.ValidDatabase(
                        DatabaseRequest.defaults(),
                        SERVER,
                        postgres.database(),
                        postgres.host(),
                        postgres.port(),
                        true,
                        null,
                        null,
                        Duration.ofSeconds(30)),
                false);
        apply(plan);
        plans.put(identity, plan);
        subjects.add(new Subject(
                name,
                identity,
                spec,
                new Homes(Map.of(
                        PartId.database,
                        new Home(new Place(SERVER, postgres.database()), identity.schema(), login(identity))))));
        as(identity, APPLICATION);
    }

    private Outcome apply(SchemaPlan plan) {
        Credential login = credential(plan.identity());
        try {
            return applier.apply(plan, login);
        } finally {
            login.clear();
        }
    }

    private void floodFunctions(Subject tenant, int count) throws SQLException {
        progress.say(tenant.tenant() + " makes " + count + " functions of 100 arguments");
        as(
                tenant.identity(),
                "SET statement_timeout = 0",
                """
                DO $$ DECLARE a text := (SELECT string_agg('pg_catalog.int4', ',') FROM generate_series(1, 100)); BEGIN
                  FOR i IN 1..%d LOOP
                    EXECUTE format('CREATE FUNCTION flood%%s(%%s) RETURNS int LANGUAGE sql SECURITY DEFINER AS ''SELECT 1''', i, a);
                  END LOOP;
                END $$""".formatted(count),
                "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA " + tenant.identity().schema() + " TO PUBLIC");
    }

    private void floodRights(Subject tenant, int count) throws SQLException {
        progress.say(tenant.tenant() + " gives away " + count + " columns");
        as(tenant.identity(), "SET statement_timeout = 0", """
                DO $$ DECLARE
                  columns text := (SELECT string_agg('c' || i || ' int', ',') FROM generate_series(1, %1$d) i);
                  names text := (SELECT string_agg('c' || i, ',') FROM generate_series(1, %1$d) i);
                BEGIN
                  FOR i IN 1..%2$d LOOP
                    EXECUTE format('CREATE TABLE wide%%s (%%s)', i, columns);
                    EXECUTE format('GRANT SELECT (%%s) ON wide%%s TO PUBLIC', names, i);
                  END LOOP;
                END $$""".formatted(COLUMNS, Math.ceilDiv(count, COLUMNS)));
    }

    private SweepFigures measure(String situation, Subject neighbour, Subject flooder) {
        progress.say("measuring: " + situation);
        List<Duration> sweeps = new ArrayList<>();
        Set<TenantIdentity> drifted = new HashSet<>();
        Outcome trouble = null;
        for (int i = 0; i < SWEEPS; i++) {
            long start = System.nanoTime();
            DatabaseSweep.SweepResult result = sweep.sweep(postgres.database(), plans, this::credential);
            sweeps.add(Duration.ofNanos(System.nanoTime() - start));
            drifted.addAll(result.drifted());
            trouble = result.trouble() == null ? trouble : result.trouble();
        }
        return new SweepFigures(
                situation,
                Latencies.of(sweeps),
                subjects.stream()
                        .filter(subject -> drifted.contains(subject.identity()))
                        .map(Subject::tenant)
                        .toList(),
                trouble == null ? "" : trouble.findings().toString(),
                attack(neighbour),
                attack(flooder));
    }

    private SweepFigures.Attacked attack(Subject self) {
        List<Subject> others = subjects.stream()
                .filter(subject -> !subject.equals(self))
                .limit(OTHERS)
                .toList();
        List<Duration> times = new ArrayList<>();
        List<Trial> trials = List.of();
        for (int i = 0; i < ATTACKS; i++) {
            long start = System.nanoTime();
            try {
                trials = probe.run(self, others);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StackException("interrupted while a tenant was attacked", e);
            }
            times.add(Duration.ofNanos(System.nanoTime() - start));
        }
        return new SweepFigures.Attacked(
                Latencies.of(times),
                trials.size(),
                trials.stream()
                        .filter(trial -> trial.result() == Trial.TrialResult.Unclear)
                        .count());
    }

    /** As the tenant's application. */
    private void as(TenantIdentity tenant, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl(postgres.database()), login(tenant), password(tenant));
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String login(TenantIdentity tenant) {
        return SchemaPlan.RoleKind.LOGIN1.of(tenant);
    }

    private String password(TenantIdentity tenant) {
        return passwords.getOrDefault(tenant, "");
    }

    private Credential credential(TenantIdentity tenant) {
        return new Credential(login(tenant), password(tenant).toCharArray());
    }

    @Override
    public void close() {
        server.close();
    }
}
