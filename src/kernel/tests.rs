//! Published vectors through the public interface.

mod page;

use super::*;

fn hash(params: Params, inputs: &[Input<'_>]) -> Result<Vec<Vec<u8>>, KernelError> {
    let plan = Plan::new(params)?;
    let mut arena = Arena::new(&plan)?;
    let mut out = vec![0; inputs.len() * plan.output_len()];
    hash_batch(&plan, &mut arena, inputs, &mut out)?;
    Ok(out.chunks(plan.output_len()).map(<[u8]>::to_vec).collect())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn argon2id(memory_kib: u32, iterations: u32, parallelism: u32, output_len: usize) -> Params {
    Params::Argon2id {
        memory_kib,
        iterations,
        parallelism,
        output_len,
    }
}

/// Every implementation gives the digest.
fn check(params: Params, text: &[u8], salt: &[u8; 16], expected: &str) {
    for implementation in available() {
        let plan = Plan::on(implementation, params).unwrap();
        let mut arena = Arena::new(&plan).unwrap();
        let mut out = vec![0; plan.output_len()];
        hash_batch(&plan, &mut arena, &[Input { text, salt }], &mut out).unwrap();
        assert_eq!(hex(&out), expected, "{implementation:?}");
    }
}

const COUNTING: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

// The digests of the next four tests were made by libargon2, the reference implementation.

#[test]
fn argon2id_gives_the_rfc_9106_parameters_without_secret_and_data() {
    let expected = "03aab965c12001c9d7d0d2de33192c0494b684bb148196d73c1df1acaf6d0c2e";
    check(argon2id(32, 3, 4, 32), &[1; 32], &[2; 16], expected);
}

#[test]
fn argon2id_gives_the_digest_of_the_default_target() {
    let expected = "66546a9784f5a53ffa528640203942ea455c51c183796e615ddc8aac9d6e8c0e";
    check(
        argon2id(19456, 2, 1, 32),
        b"5f4dcc3b5aa765d61d8327deb882cf99",
        &COUNTING,
        expected,
    );
}

#[test]
fn argon2id_rounds_memory_down_to_four_blocks_a_lane() {
    let expected = "581fa607400505c435d7ff308ecd2fccbaf06dacaa0cddfc";
    check(argon2id(1027, 1, 3, 24), b"", &COUNTING, expected);
}

#[test]
fn argon2id_output_may_be_longer_than_one_blake2b() {
    let expected = "7ea5735ddcc0b0b8a38f0ab56e59cfac33d6cec23a0a12ac65fcf3e75cc00e723564f6b189d2f598a8ca50395eb93c1b\
                    07f991d1a7cbd0cd65b27e6e77f87c7a9bc18870621be5fcf39c77eb05ce2b85f0bbaa0120be23bc2eb85eb113fbad37\
                    169eec56";
    check(
        argon2id(8, 1, 1, 100),
        b"password",
        b"saltsaltsaltsalt",
        expected,
    );
}

// jBCrypt's vectors, decoded from bcrypt's base64.

#[test]
fn bcrypt_gives_the_vector_of_the_empty_password() {
    // $2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.
    let salt = b"\x14\x4b\x3d\x69\x1a\x7b\x4e\xcf\x39\xcf\x73\x5c\x7f\xa7\xa7\x9c";
    check(
        Params::Bcrypt { cost: 6 },
        b"",
        salt,
        "557e94f34bf286e8719a26be94ac1e16d95ef9f819dee0",
    );
}

#[test]
fn bcrypt_gives_the_vector_of_a_long_password() {
    // $2a$08$aTsUwsyowQuzRrDqFflhgekJ8d9/7Z3GV3UcgvzQW3J5zMyrTvlz.
    let salt = b"\x71\x5b\x96\xca\xed\x2a\xc9\x2c\x35\x4e\xd1\x6c\x1e\x19\xe3\x8a";
    let expected = "98bf9ffc1f5be485f959e8b1d526392fbd4ed2d5719f50";
    check(
        Params::Bcrypt { cost: 8 },
        b"abcdefghijklmnopqrstuvwxyz",
        salt,
        expected,
    );
}

// RFC 7914, section 11, has vectors of PBKDF2-HMAC-SHA-256 with other salts; this digest was made
// by Python's hashlib.

#[test]
fn pbkdf2_gives_the_digest_of_another_implementation() {
    let expected = "6237a88df8fa69b982efda57f13ecb0bd4e1fbf599018fb5327d8dcb89fa9dc6";
    check(
        Params::Pbkdf2Sha256 { iterations: 1000 },
        b"5f4dcc3b5aa765d61d8327deb882cf99",
        &COUNTING,
        expected,
    );
}

#[test]
fn pbkdf2_takes_a_text_longer_than_a_block_of_its_digest() {
    let expected = "42e9e49a4fb963382768f82accc7174ea654f81730ba79b01303d4655b1bcb3d";
    check(
        Params::Pbkdf2Sha256 { iterations: 2 },
        &[b'a'; 200],
        &COUNTING,
        expected,
    );
}

#[test]
fn a_batch_gives_every_input_its_own_digest_in_order() {
    for params in [
        argon2id(64, 2, 1, 32),
        Params::Bcrypt { cost: 4 },
        Params::Pbkdf2Sha256 { iterations: 5 },
    ] {
        let texts: Vec<String> = (0..7).map(|i| format!("password {i}")).collect();
        let inputs: Vec<Input<'_>> = texts
            .iter()
            .map(|text| Input {
                text: text.as_bytes(),
                salt: &COUNTING,
            })
            .collect();
        let together = hash(params, &inputs).unwrap();
        for (input, digest) in inputs.iter().zip(&together) {
            assert_eq!(&hash(params, &[*input]).unwrap()[0], digest);
        }
    }
}

#[test]
fn an_arena_serves_one_batch_after_another() {
    let plan = Plan::new(argon2id(64, 2, 1, 32)).unwrap();
    let mut arena = Arena::new(&plan).unwrap();
    let input = [Input {
        text: b"password",
        salt: &COUNTING,
    }];
    let (mut first, mut second) = ([0; 32], [0; 32]);
    hash_batch(&plan, &mut arena, &input, &mut first).unwrap();
    hash_batch(
        &plan,
        &mut arena,
        &[Input {
            text: b"another",
            salt: &COUNTING,
        }],
        &mut second,
    )
    .unwrap();
    hash_batch(&plan, &mut arena, &input, &mut second).unwrap();
    assert_eq!(first, second);
}

#[test]
fn bcrypt_refuses_what_it_would_cut() {
    let bcrypt = Params::Bcrypt { cost: 4 };
    let (fits, long) = ([b'a'; 71], [b'a'; 72]);
    assert!(
        hash(
            bcrypt,
            &[Input {
                text: &fits,
                salt: &COUNTING
            }]
        )
        .is_ok()
    );
    let refused = hash(
        bcrypt,
        &[Input {
            text: &long,
            salt: &COUNTING,
        }],
    );
    assert_eq!(refused, Err(KernelError::InputTooLong { len: 72, max: 71 }));
}

#[test]
fn bcrypt_refuses_nul() {
    let refused = hash(
        Params::Bcrypt { cost: 4 },
        &[Input {
            text: b"a\0b",
            salt: &COUNTING,
        }],
    );
    assert_eq!(refused, Err(KernelError::InputHoldsNul));
}

#[test]
fn parameters_out_of_range_are_refused() {
    let refused = |params| Plan::new(params).unwrap_err();
    assert_eq!(
        refused(argon2id(31, 1, 4, 32)),
        KernelError::MemoryTooLittle {
            memory_kib: 31,
            min: 32
        }
    );
    assert_eq!(refused(argon2id(32, 0, 4, 32)), KernelError::NoIterations);
    assert!(matches!(
        refused(argon2id(32, 1, 0, 32)),
        KernelError::Parallelism { parallelism: 0, .. }
    ));
    assert!(matches!(
        refused(argon2id(u32::MAX, 1, u32::MAX, 32)),
        KernelError::Parallelism { .. }
    ));
    assert!(matches!(
        refused(argon2id(32, 1, 4, 3)),
        KernelError::OutputLen { len: 3, .. }
    ));
    assert_eq!(
        refused(Params::Bcrypt { cost: 3 }),
        KernelError::Cost {
            cost: 3,
            min: 4,
            max: 31
        }
    );
    assert_eq!(
        refused(Params::Bcrypt { cost: 32 }),
        KernelError::Cost {
            cost: 32,
            min: 4,
            max: 31
        }
    );
}

#[test]
fn a_digest_slice_of_another_length_is_refused() {
    let plan = Plan::new(argon2id(8, 1, 1, 32)).unwrap();
    let mut arena = Arena::new(&plan).unwrap();
    let refused = hash_batch(
        &plan,
        &mut arena,
        &[Input {
            text: b"",
            salt: &COUNTING,
        }],
        &mut [0; 31],
    );
    assert_eq!(
        refused,
        Err(KernelError::OutputRoom {
            actual: 31,
            expected: 32
        })
    );
}

#[test]
fn an_arena_of_a_smaller_plan_is_refused() {
    for implementation in available() {
        let small = Plan::on(implementation, argon2id(8, 1, 1, 32)).unwrap();
        let large = Plan::on(implementation, argon2id(16, 1, 1, 32)).unwrap();
        let mut arena = Arena::new(&small).unwrap();
        let refused = hash_batch(
            &large,
            &mut arena,
            &[Input {
                text: b"",
                salt: &COUNTING,
            }],
            &mut [0; 32],
        );
        assert_eq!(refused, Err(KernelError::ArenaOfAnotherPlan));
    }
}

#[test]
fn an_arena_of_another_hash_is_refused() {
    for implementation in available() {
        let argon2id = Plan::on(implementation, argon2id(8, 1, 1, 32)).unwrap();
        let bcrypt = Plan::on(implementation, Params::Bcrypt { cost: 4 }).unwrap();
        let mut arena = Arena::new(&bcrypt).unwrap();
        let refused = hash_batch(
            &argon2id,
            &mut arena,
            &[Input {
                text: b"",
                salt: &COUNTING,
            }],
            &mut [0; 32],
        );
        assert_eq!(refused, Err(KernelError::ArenaOfAnotherPlan));
    }
}

/// RFC 9106, section 5.3: the one published vector of Argon2id, which has a secret and associated
/// data.
fn rfc_9106_vector(implementation: Implementation) {
    let plan = Plan::on(implementation, argon2id(32, 3, 4, 32)).unwrap();
    let plan = plan
        .with_secret(&[3; 8])
        .with_associated_data(&[4; 12])
        .unwrap();
    let mut arena = Arena::new(&plan).unwrap();
    let mut tag = [0; 32];
    hash_batch(
        &plan,
        &mut arena,
        &[Input {
            text: &[1; 32],
            salt: &[2; 16],
        }],
        &mut tag,
    )
    .unwrap();
    assert_eq!(
        hex(&tag),
        "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
    );
}

#[test]
fn every_path_gives_the_rfc_9106_vector() {
    for implementation in available() {
        rfc_9106_vector(implementation);
    }
}

#[test]
fn every_path_has_the_name_it_is_found_by() {
    for implementation in Implementation::ALL {
        assert_eq!(
            Implementation::parse(implementation.as_str()),
            Some(implementation)
        );
    }
    assert_eq!(Implementation::parse("fastest"), None);
}

#[test]
fn a_wish_for_an_available_path_is_granted_without_a_warning() {
    for implementation in available() {
        assert_eq!(
            Kernel::choose(Some(implementation.into())),
            KernelChoice {
                kernel: implementation.into(),
                warning: None
            }
        );
    }
}

#[test]
fn a_plan_shows_no_secret() {
    let plan = Plan::new(argon2id(8, 1, 1, 32))
        .unwrap()
        .with_secret(b"pepper")
        .with_associated_data(b"data")
        .unwrap();
    let shown = format!("{plan:?}");
    assert!(
        shown.ends_with(".. }") && !shown.contains("112") && !shown.contains("pepper"),
        "{shown}"
    );
}

fn available() -> impl Iterator<Item = Implementation> {
    Implementation::ALL
        .into_iter()
        .filter(|implementation| implementation.is_available())
}
