package dev.bulkhead.e2e.operator.secrets;

/** The tenants whose secrets are tested. */
final class SecretTenant {
    private static final String DIGEST = "sha256:6a3f0c1d9be27458f1a4c2e7d90b83651fe7a2c44d58b09367ce1f2a80d9b4e1";

    private SecretTenant() {}

    static String plain(String name) {
        return """
                apiVersion: bulkhead.dev/v1beta1
                kind: Tenant
                metadata: { name: %s }
                spec:
                  profile: digitaltwin
                  displayName: Secrets
                  environment: production
                  dataCategories: [contact]
                  contract: { reference: T-2, startsAt: "2026-01-01" }
                  retention: [{ dataClass: prompt-sessions, keep: P24M }]
                  people: { admins: [{ user: admin@secrets.example }] }
                  namespaces: [{ name: app }, { name: jobs }]
                  quota: { cpu: "4", memory: 8Gi, storage: 20Gi, pods: 20 }
                  database: { deliverTo: [app] }
                  objectStore: { deliverTo: [app], noncurrentVersions: P14D }
                """.formatted(name);
    }

    /** The same with a workflow that is given the Secret. */
    static String using(String name, String secret) {
        return plain(name) + """
                  workflows:
                    - name: caller
                      namespace: jobs
                      image: "registry.example/caller@%s"
                      secrets: [%s]
                """.formatted(DIGEST, secret);
    }
}
