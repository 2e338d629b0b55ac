package com.example.shop;

import dev.dunlin.core.config.Kind;
import dev.dunlin.core.operate.At;
import dev.dunlin.core.operate.Check;
import dev.dunlin.core.operate.Health;
import dev.dunlin.core.operate.Means;
import dev.dunlin.core.operate.Metric;
import dev.dunlin.core.operate.Operation.Order;
import dev.dunlin.core.operate.Operation.Query;
import dev.dunlin.core.operate.Operations;
import dev.dunlin.core.operate.Parameter;
import dev.dunlin.core.store.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What can be asked and ordered of a shop that runs. Each of these is a verb of {@code dunlin}, a route of the admin API, and a part of its
 * OpenAPI document, of its metrics or of its health page.
 */
public final class ShopOperations {

    private ShopOperations() {}

    /** A voucher in an answer. */
    public record VoucherRow(
            @Means("its code") String code,
            @Means("for whom it was redeemed") String who,
            @Means("when, ISO 8601") String redeemed,
            @Means("asked, owed, or given: what became of its goods") String goods) {}

    /** Vouchers. */
    public record VoucherList(@Means("the redeemed vouchers, by code") List<VoucherRow> vouchers) {}

    /** All. */
    public static final Operations<Object, VoucherState> ALL = Operations.<Object, VoucherState>none()
            .with(
                    new Query<>(
                            "vouchers",
                            "/vouchers",
                            List.of(),
                            "Lists the vouchers that were redeemed.",
                            VoucherList.class,
                            (at, given) -> vouchers(at),
                            ShopOperations::text),
                    new Order<>(
                            "redeem",
                            "/vouchers/{code}/redeem",
                            List.of(
                                    Parameter.required("code", new Kind.Free(32), "the code of a voucher"),
                                    Parameter.required("who", new Kind.Free(100), "for whom")),
                            "Redeems a voucher, and tells when its goods were handed out.",
                            VoucherRow.class,
                            (given, ticket) -> new VoucherAction.Redeem(given.text("code"), given.text("who"), ticket),
                            (outcome, given, after) -> row(after, given.text("code")),
                            row -> List.of(row.code() + " is redeemed for " + row.who()),
                            30_000))
            .with(Metric.gauges("vouchers", "goods", "redeemed vouchers by what became of their goods", ShopOperations::count))
            .with(new Check<>("goods", "whether the warehouse hands out what was redeemed", at -> {
                int owed = count(at).get("owed");
                return owed == 0
                        ? Health.ok("nothing is owed")
                        : Health.warn("the goods of " + owed + " vouchers are owed", "look at the warehouse");
            }));

    private static VoucherRow row(At<Object, VoucherState> at, String code) {
        VoucherState.Voucher voucher = at.own().vouchers().at(code);
        return new VoucherRow(
                code,
                voucher.who(),
                at.instant(voucher.redeemedAt()),
                at.own().phase(Subject.of("voucher", code)));
    }

    private static VoucherList vouchers(At<Object, VoucherState> at) {
        List<VoucherRow> rows = new ArrayList<>();
        for (String code : at.own().vouchers().keys()) {
            rows.add(row(at, code));
        }
        return new VoucherList(rows);
    }

    private static List<String> text(VoucherList list) {
        return list.vouchers().isEmpty()
                ? List.of("no voucher was redeemed")
                : list.vouchers().stream()
                        .map(row -> row.code() + "  " + row.goods() + "  " + row.redeemed() + "  " + row.who())
                        .toList();
    }

    private static Map<String, Integer> count(At<Object, VoucherState> at) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String goods : List.of("asked", "owed", "given")) {
            counts.put(goods, 0);
        }
        for (String code : at.own().vouchers().keys()) {
            counts.merge(at.own().phase(Subject.of("voucher", code)), 1, Integer::sum);
        }
        return counts;
    }
}
