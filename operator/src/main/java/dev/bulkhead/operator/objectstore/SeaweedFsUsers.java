package dev.bulkhead.operator.objectstore;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.operator.Pure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import seaweedfs.grpc.FilerMessages.Credential;
import seaweedfs.grpc.FilerMessages.Group;
import seaweedfs.grpc.FilerMessages.Identity;
import seaweedfs.grpc.FilerMessages.S3ApiConfiguration;
import seaweedfs.grpc.FilerMessages.ServiceAccount;

/**
 * What a SeaweedFS server knows of its users, read as accounts that are each one key. A user is ordinary when it has the
 * one key that is called as itself is, and nothing that could give it, or somebody else who holds that key, a right.
 *
 * @param keys by name; a name that no user has, and that something is kept for all the same, is not ordinary
 * @param beside what is kept for a name beside its user, where there is any
 */
@Pure
record SeaweedFsUsers(Map<String, ObservedKey> keys, Map<String, Beside> beside) {
    private static final ObjectMapper JSON = new ObjectMapper();

    SeaweedFsUsers {
        keys = Map.copyOf(keys);
        beside = Map.copyOf(beside);
    }

    /**
     * What gives a name rights without standing in its user. Most of it outlives the user.
     *
     * @param documents names of policies that were written for it
     * @param groups it is a member of
     * @param serviceAccounts ids of further keys, with its rights or with its name
     * @param holders other users that have a key of its name
     */
    record Beside(Set<String> documents, Set<String> groups, Set<String> serviceAccounts, Set<String> holders) {
        static final Beside NOTHING = new Beside(Set.of(), Set.of(), Set.of(), Set.of());

        Beside {
            documents = Set.copyOf(documents);
            groups = Set.copyOf(groups);
            serviceAccounts = Set.copyOf(serviceAccounts);
            holders = Set.copyOf(holders);
        }
    }

    /**
     * Reads.
     *
     * @param configuration users, groups and service accounts
     * @param policies the server's file of policies that were written for one user: JSON; empty when there is none
     * @throws StoreException when the file cannot be read
     */
    static SeaweedFsUsers of(S3ApiConfiguration configuration, byte[] policies) {
        Map<String, StoredUser> kept = new TreeMap<>();
        documents(policies).forEach((user, names) -> of(kept, user).documents.addAll(names));
        for (Group group : configuration.getGroupsList()) {
            group.getMembersList().forEach(member -> of(kept, member).groups.add(group.getName()));
        }
        for (ServiceAccount account : configuration.getServiceAccountsList()) {
            of(kept, account.getParentUser()).serviceAccounts.add(account.getId());
            of(kept, account.getCredential().getAccessKey()).serviceAccounts.add(account.getId());
        }
        Map<String, ObservedKey> keys = new HashMap<>();
        Set<String> fromFile = new TreeSet<>();
        for (Identity user : configuration.getIdentitiesList()) {
            if (user.getIsStatic()) {
                fromFile.add(user.getName());
                continue;
            }
            for (Credential key : user.getCredentialsList()) {
                if (!key.getAccessKey().equals(user.getName())) {
                    of(kept, key.getAccessKey()).holders.add(user.getName());
                }
            }
            keys.put(user.getName(), key(user));
        }
        Map<String, Beside> beside = new HashMap<>();
        kept.forEach((name, what) -> {
            if (!name.isEmpty() && !fromFile.contains(name)) {
                beside.put(name, what.beside());
                ObservedKey key = keys.get(name);
                keys.put(name, new ObservedKey(false, key == null ? null : key.digest()));
            }
        });
        return new SeaweedFsUsers(keys, beside);
    }

    /** What is kept for a name beside its user. */
    Beside beside(String name) {
        return beside.getOrDefault(name, Beside.NOTHING);
    }

    private static ObservedKey key(Identity user) {
        boolean ordinary = user.getCredentialsCount() == 1
                && user.getActionsCount() == 0
                && user.getPolicyNamesCount() == 0
                && user.getServiceAccountIdsCount() == 0
                && !user.getDisabled();
        for (Credential key : user.getCredentialsList()) {
            if (key.getAccessKey().equals(user.getName())) {
                return new ObservedKey(ordinary && works(key), SecretDigest.of(key.getSecretKey()));
            }
        }
        return new ObservedKey(false, null);
    }

    private static boolean works(Credential key) {
        return key.getStatus().isEmpty() || key.getStatus().equals("Active");
    }

    private static Map<String, List<String>> documents(byte[] policies) {
        if (policies.length == 0) {
            return Map.of();
        }
        JsonNode file;
        try {
            file = JSON.readTree(new String(policies, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new StoreException(
                    StoreException.StoreFailure.Rejected,
                    "LookupDirectoryEntry",
                    "the file of policies cannot be read");
        }
        Map<String, List<String>> documents = new HashMap<>();
        for (Map.Entry<String, JsonNode> user : file.path("inlinePolicies").properties()) {
            List<String> names = new ArrayList<>();
            user.getValue().fieldNames().forEachRemaining(names::add);
            if (!names.isEmpty()) {
                documents.put(user.getKey(), names);
            }
        }
        return documents;
    }

    private static StoredUser of(Map<String, StoredUser> kept, String name) {
        return kept.computeIfAbsent(name, _ -> new StoredUser());
    }

    /** As it is gathered. */
    private static final class StoredUser {
        private final Set<String> documents = new TreeSet<>();
        private final Set<String> groups = new TreeSet<>();
        private final Set<String> serviceAccounts = new TreeSet<>();
        private final Set<String> holders = new TreeSet<>();

        Beside beside() {
            return new Beside(documents, groups, serviceAccounts, holders);
        }
    }
}
