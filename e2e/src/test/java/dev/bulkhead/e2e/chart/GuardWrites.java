package dev.bulkhead.e2e.chart;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Writes that put a guard out of force. */
final class GuardWrites {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final String API = "admissionregistration.k8s.io/v1";

    /** Parts of the spec of a policy, and of a binding, that decide what it refuses. */
    private static final List<String> OF_POLICIES = List.of(
            "{\"spec\":{\"failurePolicy\":\"Ignore\"}}",
            "{\"spec\":{\"matchConstraints\":{\"namespaceSelector\":{\"matchLabels\":{\"no\":\"such\"}}}}}",
            "{\"spec\":{\"matchConditions\":[{\"name\":\"never\",\"expression\":\"false\"}]}}",
            "{\"spec\":{\"validations\":[{\"expression\":\"true\"}]}}");

    private static final List<String> OF_BINDINGS = List.of(
            "{\"spec\":{\"validationActions\":[\"Audit\"]}}",
            "{\"spec\":{\"matchResources\":{\"namespaceSelector\":{\"matchLabels\":{\"no\":\"such\"}}}}}");

    private GuardWrites() {}

    /** Names of the policies that the chart renders, each that of its binding, too. */
    static List<String> guards() {
        return RenderedChart.objects(RenderedChart.minimalValues()).stream()
                .filter(object -> object.getKind().equals("ValidatingAdmissionPolicy"))
                .map(object -> object.getMetadata().getName())
                .sorted()
                .toList();
    }

    /** Every way to put this guard out of force, as dry runs of this client. */
    static List<ThrowingCallable> tried(KubernetesClient client, String guard) {
        return Stream.of("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
                .flatMap(kind -> {
                    Resource<GenericKubernetesResource> object =
                            client.genericKubernetesResources(API, kind).withName(guard);
                    return Stream.concat(
                            (kind.endsWith("Binding") ? OF_BINDINGS : OF_POLICIES)
                                    .stream()
                                            .<ThrowingCallable>map(change ->
                                                    () -> object.dryRun().patch(MERGE, change)),
                            Stream.<ThrowingCallable>of(
                                    () -> object.dryRun().delete(),
                                    () -> client.resource(unwritten(kind, guard))
                                            .dryRun()
                                            .update()));
                })
                .toList();
    }

    private static GenericKubernetesResource unwritten(String kind, String guard) {
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setApiVersion(API);
        object.setKind(kind);
        object.setMetadata(new ObjectMetaBuilder().withName(guard).build());
        return object;
    }
}
