package dev.bulkhead.e2e.operator.drift;

/** The tenants whose drift is tested: something of every kind, and the same with less. */
final class DriftTenant {
    private static final String DIGEST = "sha256:6a3f0c1d9be27458f1a4c2e7d90b83651fe7a2c44d58b09367ce1f2a80d9b4e1";

    private DriftTenant() {}

    static String yaml(String name) {
        return head(name) + """
                  people:
                    admins: [{ user: first@driftwood.example }, { user: second@driftwood.example }]
                    users: [{ user: user@driftwood.example }]
                  namespaces: [{ name: app }, { name: jobs }]
                  network:
                    ingressFrom: [gateway]
                    egress:
                      - { name: mail, cidrs: [198.51.100.16/28], ports: [{ port: 465 }], subprocessor: mail }
                      - { name: erp, cidrs: [203.0.113.0/26], ports: [{ port: 443 }], subprocessor: erp }
                  database: { deliverTo: [app, jobs] }
                  objectStore: { deliverTo: [app], noncurrentVersions: P14D }
                  workflows:
                    - { name: reader, namespace: jobs, image: "registry.example/reader@%1$s", replicas: 2 }
                    - name: writer
                      namespace: jobs
                      image: "registry.example/writer@%1$s"
                      secrets: [bulkhead-database]
                """.formatted(DIGEST);
    }

    static String lessYaml(String name) {
        return head(name) + """
                  people:
                    admins: [{ user: first@driftwood.example }]
                  namespaces: [{ name: app }, { name: jobs }]
                  network:
                    ingressFrom: [gateway]
                    egress:
                      - { name: erp, cidrs: [203.0.113.0/26], ports: [{ port: 443 }], subprocessor: erp }
                  database: { deliverTo: [app] }
                  objectStore: { deliverTo: [app], noncurrentVersions: P14D }
                  workflows:
                    - { name: reader, namespace: jobs, image: "registry.example/reader@%1$s", replicas: 2 }
                """.formatted(DIGEST);
    }

    static String smallYaml(String name) {
        return head(name) + """
                  people:
                    admins: [{ user: first@driftwood.example }]
                  namespaces: [{ name: app }]
                  database: { deliverTo: [app] }
                  objectStore: { deliverTo: [app], noncurrentVersions: P14D }
                """;
    }

    private static String head(String name) {
        return """
                apiVersion: bulkhead.dev/v1beta1
                kind: Tenant
                metadata: { name: %s }
                spec:
                  profile: digitaltwin
                  displayName: Driftwood
                  environment: production
                  dataCategories: [contact]
                  contract: { reference: T-1, startsAt: "2026-01-01" }
                  retention: [{ dataClass: prompt-sessions, keep: P24M }]
                  quota: { cpu: "4", memory: 8Gi, storage: 20Gi, pods: 20 }
                """.formatted(name);
    }
}
