package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.objectstore.StoreException.StoreFailure;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.iam.model.AccessKey;
import software.amazon.awssdk.services.iam.model.User;

/**
 * Users of a server that speaks the IAM API: one for each tenant, below a path of the ObjectStore where the server keeps
 * paths, and known by the name in any case. What a server keeps is found out with a user that is there for nothing else.
 *
 * <p>Which users there are is asked in as few requests as there are pages; what each of them has takes four, so only the
 * users that were looked at longest ago are looked at again at a time.
 */
final class AwsIamUsers implements AutoCloseable {
    /** Users of all ObjectStores: one whose ObjectStore had another name is to be seen, too. */
    private static final String PATH = "/bulkhead/";

    /** What the names of the operator's users begin with, as its buckets' do. */
    private static final String PREFIX = "bh-";

    /** Users that are looked at anew each time, at four requests each: what AWS takes without throttling. */
    private static final int LOOKS = 75;

    private final IamRequests iam;
    private final String path;
    private final String trial;
    private final Map<String, IamUser> looked = new LinkedHashMap<>();
    private final Object listing = new Object();
    private @Nullable Map<String, String> listed;
    private volatile @Nullable Keeping keeping;

    /** For the server that these requests go to. */
    AwsIamUsers(StoreConnection connection, IamRequests iam) {
        this.iam = iam;
        this.path = PATH + connection.store() + "/";
        this.trial = PREFIX + "trial-"
                + SecretDigest.of(connection.installation()).hex().substring(0, 16);
    }

    /**
     * What a server keeps of what a user is made with.
     *
     * @param paths whether users lie where they were put
     * @param tags whether they carry marks
     * @param tagsAtCreation whether they do from their first moment on
     */
    record Keeping(boolean paths, boolean tags, boolean tagsAtCreation) {}

    /**
     * A user as it is.
     *
     * @param arn as the server says it
     * @param keys by id, with whether each works
     * @param documents names of policies that were written into it
     * @param policies ARNs of policies that were attached to it
     * @param groups it is in
     */
    record IamUser(
            String name,
            String arn,
            Map<String, Boolean> keys,
            Set<String> documents,
            Set<String> policies,
            Set<String> groups) {
        IamUser {
            keys = Map.copyOf(keys);
            documents = Set.copyOf(documents);
            policies = Set.copyOf(policies);
            groups = Set.copyOf(groups);
        }

        /** Whether it may do nothing but what bucket policies say. */
        boolean isPlain() {
            return documents.isEmpty() && policies.isEmpty() && groups.isEmpty();
        }
    }

    /** What the server keeps: found out once. */
    synchronized Keeping keeping() {
        Keeping known = keeping;
        if (known == null) {
            known = tryOut();
            keeping = known;
        }
        return known;
    }

    /** A user as it was when it was last looked at; empty where there is none. */
    Optional<IamUser> find(String name) {
        String arn = all().get(name);
        if (arn == null) {
            return Optional.empty();
        }
        synchronized (looked) {
            IamUser seen = looked.get(name);
            if (seen != null) {
                return Optional.of(seen);
            }
        }
        return look(name, arn);
    }

    /** Has the next {@link #find} ask which users there are, and what those have that were looked at longest ago. */
    void forget() {
        synchronized (listing) {
            listed = null;
        }
        synchronized (looked) {
            Iterator<String> oldest = looked.keySet().iterator();
            for (int i = 0; i < LOOKS && oldest.hasNext(); i++) {
                oldest.next();
                oldest.remove();
            }
        }
    }

    /**
     * The user is there; looked at now.
     *
     * @param mark what its tag says, where the server keeps tags
     */
    IamUser ensure(String name, String mark) {
        Keeping kept = keeping();
        Map<String, String> tags = Map.of(ObjectStorePlanner.MARK, mark);
        String arn;
        try {
            arn = iam.createUser(name, path, kept.tagsAtCreation() ? tags : Map.of())
                    .arn();
            if (kept.tags() && !kept.tagsAtCreation()) {
                iam.tag(name, tags);
            }
        } catch (StoreException e) {
            if (e.failure() != StoreFailure.Exists) {
                throw e;
            }
            User there = iam.user(name);
            if (kept.paths() && !there.path().startsWith(path)) {
                throw new StoreException(
                        StoreFailure.Rejected,
                        "CreateUser",
                        "user " + name + " lies at " + there.path() + ", and not below " + path + "; move it there");
            }
            arn = there.arn();
            if (kept.tags()) {
                claim(name, tags);
            }
        }
        synchronized (listing) { // after a list that is under way, which may not have it
            if (listed != null) {
                listed.put(name, arn);
            }
        }
        return look(name, arn)
                .orElseThrow(() -> new StoreException(StoreFailure.NotYet, "ListAccessKeys", "user " + name));
    }

    /** Takes what gives the user rights of its own. */
    void strip(IamUser user) {
        stale(user.name());
        user.documents().forEach(document -> gone(() -> iam.deleteDocument(user.name(), document)));
        user.policies().forEach(policy -> gone(() -> iam.detach(user.name(), policy)));
        user.groups().forEach(group -> gone(() -> iam.leave(user.name(), group)));
    }

    /** A new key; a user has two at most, and a server may count one that was just deleted. */
    AccessKey mint(String name) {
        stale(name);
        try {
            return iam.createKey(name);
        } catch (StoreException e) {
            throw e.detail().endsWith(" LimitExceeded")
                    ? new StoreException(StoreFailure.NotYet, e.operation(), e.detail())
                    : e;
        }
    }

    void activate(String name, String id) {
        stale(name);
        iam.activateKey(name, id);
    }

    void deleteKey(String name, String id) {
        stale(name);
        gone(() -> iam.deleteKey(name, id));
    }

    /** The user is gone with all that it has; keys first, that they are dead waits for nothing else. */
    void remove(String name) {
        stale(name);
        missingIsNone(() -> List.copyOf(iam.keys(name).keySet())).forEach(id -> gone(() -> iam.deleteKey(name, id)));
        look(name, "").ifPresent(this::strip);
        try {
            gone(() -> iam.deleteUser(name));
        } catch (StoreException e) {
            throw e.detail().endsWith(" DeleteConflict")
                    ? new StoreException(
                            StoreFailure.NotYet,
                            e.operation(),
                            "user " + name + " has no key any more; something else that was given to it, such as a"
                                    + " password, is to be taken away first")
                    : e;
        }
        synchronized (listing) {
            if (listed != null) {
                listed.remove(name);
            }
        }
        stale(name);
    }

    @Override
    public void close() {
        iam.close();
    }

    private Map<String, String> all() {
        synchronized (listing) {
            Map<String, String> known = listed;
            if (known == null) {
                known = new ConcurrentHashMap<>();
                Keeping kept = keeping;
                for (User user : iam.users(kept != null && kept.paths() ? PATH : null)) {
                    if (user.userName().startsWith(PREFIX)) {
                        known.put(user.userName(), user.arn());
                    }
                }
                listed = known;
            }
            return known;
        }
    }

    /** Empty where the server says meanwhile that there is none. */
    private Optional<IamUser> look(String name, String arn) {
        try {
            IamUser user = new IamUser(
                    name,
                    arn,
                    iam.keys(name),
                    set(() -> iam.documents(name)),
                    set(() -> iam.policies(name)),
                    set(() -> iam.groups(name)));
            synchronized (looked) {
                looked.remove(name);
                looked.put(name, user);
            }
            return Optional.of(user);
        } catch (StoreException e) {
            if (e.failure() != StoreFailure.Missing) {
                throw e;
            }
            stale(name);
            return Optional.empty();
        }
    }

    /** What a server does not have it cannot give. */
    private static Set<String> set(Supplier<List<String>> list) {
        try {
            return new TreeSet<>(list.get());
        } catch (StoreException e) {
            if (e.failure() != StoreFailure.Unsupported) {
                throw e;
            }
            return Set.of();
        }
    }

    private void claim(String name, Map<String, String> tags) {
        String mark = iam.tags(name).get(ObjectStorePlanner.MARK);
        if (mark == null) {
            iam.tag(name, tags); // cut off between its making and its mark
        } else if (!tags.containsValue(mark)) {
            throw new StoreException(
                    StoreFailure.Rejected,
                    "CreateUser",
                    "user " + name + " carries another's mark in tag " + ObjectStorePlanner.MARK
                            + "; remove that user");
        }
    }

    private Keeping tryOut() {
        User user;
        Map<String, String> mark = Map.of(ObjectStorePlanner.MARK, "trial");
        try {
            user = iam.createUser(trial, path, mark);
        } catch (StoreException e) {
            if (e.failure() != StoreFailure.Exists) {
                throw e;
            }
            user = iam.user(trial); // what a crash left
        }
        boolean atCreation = marked();
        boolean tags = atCreation || (taggable(mark) && marked());
        gone(() -> iam.deleteUser(trial));
        return new Keeping(path.equals(user.path()), tags, atCreation);
    }

    private boolean marked() {
        try {
            return iam.tags(trial).containsKey(ObjectStorePlanner.MARK);
        } catch (StoreException e) {
            if (e.failure() == StoreFailure.Missing) {
                throw new StoreException(StoreFailure.NotYet, e.operation(), e.detail());
            }
            if (e.failure() != StoreFailure.Unsupported) {
                throw e;
            }
            return false;
        }
    }

    private boolean taggable(Map<String, String> mark) {
        try {
            iam.tag(trial, mark);
            return true;
        } catch (StoreException e) {
            if (e.failure() != StoreFailure.Unsupported) {
                throw e;
            }
            return false;
        }
    }

    private void stale(String name) {
        synchronized (looked) {
            looked.remove(name);
        }
    }

    private static <T> List<T> missingIsNone(Supplier<List<T>> list) {
        try {
            return list.get();
        } catch (StoreException e) {
            if (e.failure() != StoreFailure.Missing) {
                throw e;
            }
            return List.of();
        }
    }

    /** What is gone already is as it should be. */
    private static void gone(Runnable write) {
        try {
            write.run();
        } catch (StoreException e) {
            if (e.failure() != StoreFailure.Missing) {
                throw e;
            }
        }
    }
}
