package dev.bulkhead.operator.secret;

import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.ApiErrors;
import dev.bulkhead.operator.kube.ObjectForm;
import dev.bulkhead.operator.kube.OperatorSecrets;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Secrets in tenants' namespaces. They are never watched, because a watch would need the right to list every Secret
 * of the cluster; each is read by name when its tenant is reconciled, which happens at least every 10 minutes.
 */
public final class DeliveredSecrets {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveredSecrets.class);
    private static final int ATTEMPTS = 4;

    private final KubernetesClient client;
    private final ApiErrors errors = new ApiErrors();

    /** Reads and writes with the client. */
    public DeliveredSecrets(KubernetesClient client) {
        this.client = client;
    }

    /** The data of a Secret of ours; empty when there is none. */
    public Map<String, byte[]> find(String namespace, String name, TenantIdentity identity) {
        Secret found = errors.patiently(
                () -> client.secrets().inNamespace(namespace).withName(name).get());
        return found == null || !Marks.ours(found, identity) ? Map.of() : OperatorSecrets.decoded(found);
    }

    /** Makes the Secret exactly what is planned; one without our mark is a Conflict. */
    public Outcome apply(Secret planned, TenantIdentity identity) {
        String subject = ApiErrors.name(planned);
        return errors.guard(subject, () -> {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                try {
                    return once(planned, identity);
                } catch (KubernetesClientException e) {
                    if (e.getCode() != 409 && e.getCode() != 404) {
                        throw e;
                    }
                }
            }
            return contested(subject);
        });
    }

    private static Outcome contested(String subject) {
        return new Outcome.Waiting(new Finding(Reason.KubernetesRefused, subject, "somebody else keeps changing it"));
    }

    private Outcome once(Secret planned, TenantIdentity identity) {
        Secret found = errors.patiently(() -> client.resource(planned).get());
        if (found == null) {
            errors.patiently(() -> client.resource(planned).create());
            LOG.atInfo().addKeyValue("object", ApiErrors.name(planned)).log("created");
            return new Outcome.Done(1);
        }
        if (!Marks.ours(found, identity)) {
            return new Outcome.Blocked(new Finding(
                    Reason.Conflict,
                    ApiErrors.name(planned),
                    "exists and does not carry this tenant's mark, so it was left as it is; delete or rename it"));
        }
        if (ObjectForm.same(planned, found)) {
            return Outcome.unchanged();
        }
        boolean frozen = Boolean.TRUE.equals(found.getImmutable());
        if (frozen || !planned.getType().equals(found.getType())) {
            // neither the type nor anything frozen can be changed
            client.resource(found).lockResourceVersion().delete();
            client.resource(planned).create();
        } else {
            Secret target = client.getKubernetesSerialization().clone(planned);
            target.getMetadata().setResourceVersion(found.getMetadata().getResourceVersion());
            client.resource(target).update();
        }
        LOG.atInfo().addKeyValue("object", ApiErrors.name(planned)).log("corrected");
        return new Outcome.Done(1);
    }

    /** Deletes a Secret of ours, if it is there, in the version that was looked at. */
    public Outcome delete(String namespace, String name, TenantIdentity identity) {
        String subject = "Secret " + namespace + "/" + name;
        return errors.guard(subject, () -> {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                Secret found = errors.patiently(() ->
                        client.secrets().inNamespace(namespace).withName(name).get());
                if (found == null || !Marks.ours(found, identity)) {
                    return Outcome.unchanged();
                }
                try {
                    client.resource(found).lockResourceVersion().delete();
                    LOG.atInfo().addKeyValue("object", subject).log("deleted");
                    return new Outcome.Done(1);
                } catch (KubernetesClientException e) {
                    if (e.getCode() != 409) {
                        throw e;
                    }
                }
            }
            return contested(subject);
        });
    }
}
