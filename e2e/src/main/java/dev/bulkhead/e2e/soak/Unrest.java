package dev.bulkhead.e2e.soak;

import io.fabric8.kubernetes.client.KubernetesClient;

/** Workloads of a tenant's own admin beside its workflows: one that rolls and is scaled by an HPA, one that crashes. */
final class Unrest implements AutoCloseable {
    private final Person person;
    private final String namespace;
    private final String image;

    Unrest(KubernetesClient admin, String tenant, String image, Attempts attempts) {
        this.person = new Person(admin, SoakTenants.admin(tenant), attempts);
        this.namespace = SoakTenants.jobs(tenant);
        this.image = image;
    }

    /** Another version of the one that rolls; the HPA and the one that crashes stay. */
    void roll(int version) {
        person.apply("rolls a Deployment", deployment("rolling", "[pause]", Integer.toString(version)));
        person.apply("has a Deployment that crashes", deployment("crashing", "[no-such-command]", "0"));
        person.apply("has an HPA", """
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: { name: rolling, namespace: %s }
                spec:
                  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: rolling }
                  minReplicas: 1
                  maxReplicas: 3
                  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } } }]
                """.formatted(namespace));
    }

    private String deployment(String name, String arguments, String version) {
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata: { name: %1$s, namespace: %2$s }
                spec:
                  selector: { matchLabels: { app: %1$s } }
                  template:
                    metadata: { labels: { app: %1$s }, annotations: { version: "%5$s" } }
                    spec:
                      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: RuntimeDefault } }
                      terminationGracePeriodSeconds: 2
                      containers:
                        - name: c
                          image: "%3$s"
                          args: %4$s
                          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
                          resources: { requests: { cpu: 10m, memory: 32Mi }, limits: { cpu: 100m, memory: 64Mi } }
                """.formatted(name, namespace, image, arguments, version);
    }

    @Override
    public void close() {
        person.close();
    }
}
