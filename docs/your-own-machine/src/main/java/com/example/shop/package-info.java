/**
 * The machine of the tutorial of Dunlin, small and whole: a shop redeems vouchers, and a warehouse hands out
 * their goods. Each code is redeemed once, and its goods leave only when the redemption is forced to disk.
 *
 * <p>The phases of a voucher:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     fresh --> asked: redeem
 *     asked --> given: granted
 *     asked --> owed: grantFailed, booted
 *     owed --> given: granted
 *     owed --> asked: grantDue
 * }</pre>
 */
@NullMarked
package com.example.shop;

import org.jspecify.annotations.NullMarked;
