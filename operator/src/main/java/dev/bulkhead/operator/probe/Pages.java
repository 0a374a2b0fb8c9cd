package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.identity.TenantNamespace;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Listable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lists of which others make as many as they like, read page by page: what is not wanted of a page is garbage before the
 * next one comes, so that a reader needs room for what it keeps and not for what there is.
 */
final class Pages {
    private static final long PAGE = 500;

    /** The same of what may be as large as etcd takes an object, 1.5 MB. */
    private static final long LARGE_PAGE = 25;

    /** Several times what a quota lets anybody make; more is from before the quota, or was made with the glass broken. */
    static final int MOST = 2_000;

    private static final int GONE = 410;

    private Pages() {}

    /**
     * What a list held.
     *
     * @param kept what was wanted; of a namespace in which there is more than is looked at: nothing
     * @param overfull for each such namespace, why nothing of it was looked at
     */
    record PagesRead<T>(List<T> kept, Map<String, String> overfull) {
        PagesRead {
            kept = List.copyOf(kept);
            overfull = Map.copyOf(overfull);
        }
    }

    /** As the other, for as many as nothing there makes: {@value #MOST} of one kind in one namespace. */
    static <T extends HasMetadata, L extends KubernetesResourceList<T>> PagesRead<T> of(
            Listable<L> list, Predicate<? super T> wanted) {
        return of(list, wanted, MOST);
    }

    /**
     * Those of the list that are wanted. What changes between two pages is as it was at the first; a list that takes so
     * long that the server has forgotten that moment begins anew, once.
     *
     * @param most of one namespace that are looked at: whose namespace holds more costs nobody else anything
     * @throws KubernetesClientException when a page is not given
     */
    static <T extends HasMetadata, L extends KubernetesResourceList<T>> PagesRead<T> of(
            Listable<L> list, Predicate<? super T> wanted, int most) {
        return read(list, wanted, UnaryOperator.identity(), most, PAGE);
    }

    /**
     * The same of objects that may be large, a few at a time.
     *
     * @param outline what is kept of an object, with the name and namespace it has
     */
    static <T extends HasMetadata, L extends KubernetesResourceList<T>> PagesRead<T> ofLarge(
            Listable<L> list, Predicate<? super T> wanted, UnaryOperator<T> outline) {
        return read(list, wanted, outline, MOST, LARGE_PAGE);
    }

    private static <T extends HasMetadata, L extends KubernetesResourceList<T>> PagesRead<T> read(
            Listable<L> list, Predicate<? super T> wanted, UnaryOperator<T> outline, int most, long size) {
        try {
            return readOnce(list, wanted, outline, most, size);
        } catch (KubernetesClientException e) {
            if (e.getCode() != GONE) {
                throw e;
            }
            return readOnce(list, wanted, outline, most, size);
        }
    }

    private static <T extends HasMetadata, L extends KubernetesResourceList<T>> PagesRead<T> readOnce(
            Listable<L> list, Predicate<? super T> wanted, UnaryOperator<T> outline, int most, long size) {
        Map<String, List<T>> kept = new LinkedHashMap<>();
        Map<String, String> overfull = new TreeMap<>();
        String next = null;
        do {
            L page = list.list(
                    new ListOptionsBuilder().withLimit(size).withContinue(next).build());
            page.getItems().stream().filter(wanted).forEach(object -> {
                String namespace = object.getMetadata().getNamespace();
                if (!overfull.containsKey(namespace)) {
                    List<T> there = kept.computeIfAbsent(namespace, _ -> new ArrayList<>());
                    there.add(outline.apply(object));
                    if (there.size() > most) {
                        kept.remove(namespace);
                        overfull.put(
                                namespace,
                                "namespace " + namespace + " holds more than " + most + " objects of kind "
                                        + object.getKind() + ", and more are not looked at; delete what nobody needs");
                    }
                }
            });
            next = following(page);
        } while (next != null);
        return new PagesRead<>(kept.values().stream().flatMap(List::stream).toList(), overfull);
    }

    /** Why nothing can be said of a tenant by lists that were read: one of its namespaces held too much. */
    static Optional<String> reason(Map<String, String> overfull, Subject self) {
        return reason(
                overfull,
                self.namespaces().stream().map(TenantNamespace::fullName).toList());
    }

    /** The same of namespaces by name. */
    static Optional<String> reason(Map<String, String> overfull, Collection<String> namespaces) {
        return namespaces.stream()
                .flatMap(namespace -> Stream.ofNullable(overfull.get(namespace)))
                .findFirst();
    }

    private static @Nullable String following(KubernetesResourceList<?> page) {
        String next = page.getMetadata() == null ? null : page.getMetadata().getContinue();
        return next == null || next.isEmpty() ? null : next;
    }
}
