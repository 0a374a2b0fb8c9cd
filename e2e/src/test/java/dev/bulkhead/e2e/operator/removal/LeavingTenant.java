package dev.bulkhead.e2e.operator.removal;

/** The tenants whose removal is tested. */
final class LeavingTenant {
    private static final String DIGEST = "sha256:6a3f0c1d9be27458f1a4c2e7d90b83651fe7a2c44d58b09367ce1f2a80d9b4e1";

    private LeavingTenant() {}

    static String yaml(String name) {
        return yaml(name, "environment: production", "");
    }

    static String adopting(String name, String identity) {
        return yaml(name, "environment: production", "adopt: " + identity);
    }

    /** One that lives on backends of its own, which no other test's tenant can be given. */
    static String on(String name, String backend) {
        return yaml(name, "environment: development", "").replace("BACKEND", backend);
    }

    private static String yaml(String name, String environment, String adopt) {
        boolean apart = environment.endsWith("development");
        return """
                apiVersion: bulkhead.dev/v1beta1
                kind: Tenant
                metadata: { name: %1$s }
                spec:
                  profile: digitaltwin
                  displayName: Leaving
                  %2$s
                  %3$s
                  dataCategories: [contact]
                  contract: { reference: T-3, startsAt: "2026-01-01" }
                  retention: [{ dataClass: prompt-sessions, keep: P24M }]
                  people:
                    admins: [{ user: admin@leaving.example }]
                    users: [{ user: user@leaving.example }]
                  namespaces: [{ name: app }]
                  quota: { cpu: "4", memory: 8Gi, storage: 20Gi, pods: 20 }
                  database: { deliverTo: [app]%4$s }
                  objectStore: { deliverTo: [app], noncurrentVersions: P14D%5$s }
                  workflows:
                    - { name: worker, namespace: app, image: "registry.example/worker@%6$s", replicas: 2 }
                """.formatted(
                name, environment, adopt, apart ? ", server: BACKEND" : "", apart ? ", store: BACKEND" : "", DIGEST);
    }
}
